"""A text says what is published as it leaves, in the patient's language, and of health only what they asked for."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.flows.conversation import receive_text
from core.flows.leads import correcting, unencrypted_texts
from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.flows.sending.preview_steps import preview_steps
from core.intake.submission import ConsentGiven
from core.kinds import TEMPLATE as CHECKED
from core.messaging.library import Catalogue, Wording
from core.messaging.tables import action_moves, sms_messages, timed_actions
from core.messaging.templates import parse_template
from core.operations import store as operations
from core.shipped import shipped_catalogue, shipped_templates
from core.versions import store as version_store
from core.versions.rules import InUse
from core.versions.tables import versions
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import do, rows, who

# What the checks say of words is tried in tests/unit/test_lint.py: here they are short, and name no way out.
TEMPLATE = replace(CHECKED, sound=lambda _session, _key, _body: [])
PHONE = "+14075550155"
KEY = "lead_confirmation"
WARNING = "I agree that texts may name my treatment. I understand that texts are not encrypted."
ASKED = ConsentGiven("unencrypted", True, WARNING, "2026-11-27")


def body(**wordings: dict[str, str]) -> dict[str, Any]:
    """The confirmation with other words."""
    changed = deepcopy(dict(shipped_templates()[KEY]))
    changed["wordings"] = {language: {"neutral": "", **words} for language, words in wordings.items()}
    return changed


def put_out(app: TestApp, words: dict[str, Any], key: str = KEY) -> int:
    saved = do(app, publish.save_draft, who(app, "manager"), TEMPLATE, key, words, NONE_SEEN)
    number: int = do(app, publish.publish, who(app, "manager"), TEMPLATE, key, saved.revision, "Other words")
    return number


NAMING = body(
    en={
        "body": "{{clinicShortName}}: {{treatment}}, {{firstName}}!",
        "neutral": "{{clinicShortName}}: hello!",
    }
)


def sent(app: TestApp) -> list[str]:
    run_due(app)
    return app.sms.bodies_to(PHONE)


def ask_for_naming(app: TestApp) -> str:
    """A lead whose patient has ticked the box; its id."""
    form = submission()
    lead_id = take_in(app, submission(consents=(*form.consents, ASKED))).lead_id
    assert lead_id
    return lead_id


def test_the_next_text_has_the_published_words(app: TestApp) -> None:
    """Planned before, sent after: a text takes the wording of its hand-over, and says which it was."""
    take_in(app, submission())
    assert put_out(app, body(en={"body": "New words, {{firstName}}. {{clinicShortName}}"})) == 2
    assert sent(app) == ["New words, Omar. Luxe"]
    text = next(one for one in rows(app, sms_messages) if one.template_id == KEY)
    assert (text.template_version, text.language, text.neutral) == (2, "en", False)


def test_a_publish_that_was_undone_by_the_database_changes_nothing(app: TestApp) -> None:
    """What a rolled back transaction showed must not stay in any process."""
    take_in(app, submission())
    manager, now = who(app, "manager"), app.clock.now()
    words = body(en={"body": "Never. {{clinicShortName}}"})

    def publish_and_fail() -> None:
        with app.db.write() as session:
            saved = publish.save_draft(session, manager, TEMPLATE, KEY, words, NONE_SEEN, now=now)
            publish.publish(session, manager, TEMPLATE, KEY, saved.revision, "Words", now=now)
            assert app.library.now(session)[KEY].version == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert sent(app)[0].startswith("Hi Omar, it's Luxe Medical Spa. We got your request")


def test_nothing_is_asked_of_the_database_for_wordings_while_nothing_is_published(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of the scheduler reads the gate; only a publish makes it read templates, once."""
    put_out(app, body(en={"body": "New words. {{clinicShortName}}"}))
    asked: list[str] = []
    read = version_store.published

    def published(session: Session, kind: str) -> list[InUse]:
        asked.append(kind)
        return read(session, kind)

    monkeypatch.setattr(version_store, "published", published)
    for number in range(3):
        take_in(
            app,
            submission(external_id=f"f{number}", phone=f"+1407555015{number}", email=f"{number}@example.com"),
        )
        run_due(app)
    assert asked.count("template") == 1


def test_another_process_hears_of_it_at_its_next_step(app: TestApp) -> None:
    """Console and scheduler have a library each; the gate tells both."""
    other = TestApp(app.settings, app.db, app.clock, app.sms, app.reference)
    take_in(other, submission())
    run_due(other)
    put_out(app, body(en={"body": "New words. {{clinicShortName}}"}))
    take_in(
        other,
        submission(external_id="form-2", phone="+14075550156", email="two@example.com", first_name="Ana"),
    )
    run_due(other)
    assert app.sms.bodies_to("+14075550156") == ["New words. Luxe"]


def test_by_default_a_treatment_is_not_named(app: TestApp) -> None:
    """The neutral words go, and the text's row says so."""
    put_out(app, NAMING)
    take_in(app, submission())
    assert sent(app) == ["Luxe: hello!"]
    assert next(one.neutral for one in rows(app, sms_messages) if one.template_id == KEY) is True


def test_who_ticked_the_second_box_gets_the_whole_words(app: TestApp) -> None:
    put_out(app, NAMING)
    ask_for_naming(app)
    assert sent(app) == ["Luxe: Botox, Omar!"]


def test_the_second_box_alone_is_no_consent_to_texts(app: TestApp) -> None:
    """It says what texts may name, not that any may come."""
    take_in(app, submission(consents=(ASKED,)))
    assert sent(app) == []


def test_one_persons_choice_is_no_others_on_the_same_number(app: TestApp) -> None:
    """A mother who lets texts name her treatment has said nothing about her daughter's."""
    put_out(app, NAMING)
    ask_for_naming(app)
    run_due(app)
    take_in(app, submission(external_id="form-2", first_name="Luz", email="luz@example.com"))
    app.clock.advance(timedelta(minutes=1))
    assert sent(app) == ["Luxe: Botox, Omar!", "Luxe: hello!"]


def test_staff_note_the_choice_with_the_words_that_were_read_out(app: TestApp) -> None:
    put_out(app, NAMING)
    lead_id = take_in(app, submission()).lead_id
    me = who(app, "frontdesk")
    with pytest.raises(InvalidInput, match="read out"):
        do(app, unencrypted_texts.record, me, lead_id, "yes")
    do(app, unencrypted_texts.record, me, lead_id, unencrypted_texts.wording(app.reference))
    assert sent(app) == ["Luxe: Botox, Omar!"]


def test_the_choice_can_be_taken_back(app: TestApp) -> None:
    put_out(app, NAMING)
    lead_id = ask_for_naming(app)
    do(app, unencrypted_texts.withdraw, who(app, "frontdesk"), lead_id)
    assert sent(app) == ["Luxe: hello!"]


def test_a_corrected_number_has_no_such_choice(app: TestApp) -> None:
    """It was made for the number of then: who owns the new one is not known yet."""
    put_out(app, NAMING)
    lead_id = ask_for_naming(app)
    with app.db.write() as session:
        correcting.correct(
            session,
            app.reference,
            who(app, "frontdesk"),
            lead_id,
            {"phone": "+14075550199"},
            now=app.clock.now(),
        )
    previews = later_words(app, lead_id)
    assert not [words for words in previews if "Botox" in words]


def later_words(app: TestApp, lead_id: str) -> list[str]:
    ids = [one.id for one in rows(app, timed_actions) if one.lead_id == lead_id and one.kind == "text"]
    with app.db.read() as session:
        return list(preview_steps(session, app, ids, now=app.clock.now()).values())


def test_a_preview_says_what_would_go(app: TestApp) -> None:
    """The lead's page shows the published words for this very patient."""
    put_out(app, NAMING)
    lead_id = ask_for_naming(app)
    assert "Luxe: Botox, Omar!" in later_words(app, lead_id)


def test_words_that_have_only_health_information_do_not_go(app: TestApp) -> None:
    """The editor refuses such a template; should one ever be in use, it is dropped, not sent."""
    take_in(app, submission())
    naming = parse_template(KEY, 9, "confirmation", "{{treatment}}!", frozenset({"treatment"}))
    only = replace(shipped_catalogue()[KEY], full={"en": Wording(naming)}, safe={})
    app.library._kept = (operations.NEVER_PUBLISHED, Catalogue(shipped_catalogue() | {KEY: only}))
    assert sent(app) == []
    assert "only_health" in {one.reason for one in rows(app, action_moves)}


def publish_unchecked(app: TestApp, words: dict[str, Any]) -> None:
    """A version as an older release might have left it."""
    now = app.clock.now()
    with app.db.write() as session:
        row = {
            "id": "v", "kind": "template", "key": KEY, "number": 7, "state": "published", "retired": False,
            "revision": 1, "body": words, "note": "", "made_at": now, "saved_at": now, "published_at": now,
        }  # fmt: skip
        session.execute(insert(versions).values(row))


def test_what_can_not_be_read_any_more_gives_way_to_what_ships(app: TestApp) -> None:
    """A template of another release must not keep anybody from a text."""
    publish_unchecked(app, {"title": "Old", "body": "of another shape"})
    with app.db.write() as session:
        operations.note_published(session, by="", now=app.clock.now())
    take_in(app, submission())
    assert sent(app)[0].startswith("Hi Omar, it's Luxe Medical Spa.")


def test_a_text_whose_template_is_gone_is_dropped_and_said(app: TestApp) -> None:
    """Renamed or taken out while texts with it were planned: they are not sent, and the page says why."""
    take_in(app, submission())
    with app.db.write() as session:
        session.execute(
            update(timed_actions).where(timed_actions.c.template == KEY).values(template="renamed")
        )
    assert sent(app) == []
    assert "no_wording" in {one.reason for one in rows(app, action_moves)}


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (
            "lead_offer",
            "This template is in use: step hour-4 of the sequence 'New lead' sends it. Change that first.",
        ),
        ("help", "This template is in use: the product sends it by this name."),
    ],
)
def test_a_template_in_use_is_not_retired(app: TestApp, key: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        do(app, publish.retire, who(app, "manager"), TEMPLATE, key, "Not wanted")
    assert refused.value.errors[0].message.startswith(says)


def test_a_template_that_nothing_uses_is_retired_at_once(app: TestApp) -> None:
    do(app, publish.retire, who(app, "manager"), TEMPLATE, "visit_package", "Not offered")
    with app.db.read() as session:
        assert "visit_package" not in app.library.now(session)
        assert "lead_offer" in app.library.now(session)


def test_words_that_became_marketing_need_the_consent_of_marketing(app: TestApp) -> None:
    """A promotion written into a confirmation must not ride on its consent, nor on its hours."""
    words = body(en={"body": "Come in for free, {{firstName}}! {{clinicShortName}}"}) | {
        "class": "marketing", "purpose": "marketing",
    }  # fmt: skip
    put_out(app, words)
    take_in(app, submission(consents=submission().consents[:1]))
    assert sent(app) == []
    assert "consent_missing" in {one.reason for one in rows(app, action_moves)}


def test_a_form_in_spanish_is_answered_in_spanish(app: TestApp) -> None:
    take_in(app, submission(language="es"))
    assert sent(app)[0].startswith(
        "Hola Omar, le escribe Luxe Medical Spa. Recibimos su solicitud y Maya le llama antes de"
    )


def test_what_staff_set_on_the_profile_counts_from_the_next_text_on(app: TestApp) -> None:
    """And what a later form says counts from then on."""
    lead_id = take_in(app, submission(language="es")).lead_id
    with app.db.write() as session:
        correcting.correct(
            session,
            app.reference,
            who(app, "frontdesk"),
            lead_id or "",
            {"language": "en"},
            now=app.clock.now(),
        )
    assert sent(app)[0].startswith("Hi Omar")


def test_who_writes_in_spanish_of_a_danger_is_answered_in_spanish(app: TestApp) -> None:
    """Their text shows what they read, whatever a form said."""
    take_in(app, submission())
    run_due(app)
    words = {"MessageSid": "SMin1", "From": PHONE, "Body": "No puedo respirar"}
    receive_text.receive(app, words, now=app.clock.now())
    assert "Si es una emergencia, llame al 911" in sent(app)[-1]
