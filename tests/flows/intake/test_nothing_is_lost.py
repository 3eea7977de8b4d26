"""Whatever comes in is kept, whichever part of ours raises: faults injected at each point, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.compliance.tables import phone_standing
from core.flows.conversation import receive_text, twilio_webhooks
from core.flows.intake import receive_form
from core.flows.intake.receive_form import Verdict
from core.flows.sending import dispatch
from core.intake.draft import Delivery
from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import OWNER, ROOM, run_due, take_in
from tests.samples import GENERIC

FORM = Delivery(GENERIC.body, GENERIC.content_type, ip="203.0.113.9", verified=True)
PHONE = "+14075550155"
POSTED = Delivery(b"MessageSid=SM1&From=%2B14075550155&Body=Hello+there", "application/x-www-form-urlencoded")


def stumble(*_args: object, **_options: object) -> None:
    raise RuntimeError("Omar Reyes 4075550155")


def refuse_a_statement(session: Session, *_args: object, **_options: object) -> None:
    """As PostgreSQL does where a value does not fit: its whole transaction is spoilt from then on."""
    try:
        session.execute(text("SELECT no_such_column FROM form_submissions"))
    except SQLAlchemyError as error:
        raise RuntimeError from error


def all_of(app: TestApp, column: object) -> list[object]:
    with app.db.read() as session:
        return list(session.execute(select(column)).scalars())  # type: ignore[call-overload]


def wrote(body: str, **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "From": PHONE, "Body": body, "NumMedia": "0"} | more


def hear(app: TestApp, body: str, **more: str) -> None:
    twilio_webhooks.take_in_text(app, POSTED, wrote(body, **more), now=app.clock.now())


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("core.intake.connectors.generic.read_document", stumble),
        ("core.intake.rules.submission_of", stumble),
        ("core.flows.intake.receive_form.vocabulary", stumble),
        ("core.flows.intake.receive_form.accept", stumble),
        ("core.flows.intake.receive_form.accept", refuse_a_statement),
        ("core.flows.intake.accept_submission.follow_up_lead.follow_up", stumble),
    ],
    ids=["reader", "rules", "words", "story", "statement", "late in the story"],
)
def test_no_fault_of_ours_loses_a_form(
    app: TestApp, monkeypatch: pytest.MonkeyPatch, place: str, fault: Callable[..., None]
) -> None:
    """The bytes stay as they came, nothing is half stored, staff are called, and the sender hears that we have it."""
    monkeypatch.setattr(place, fault)
    answer = receive_form.take_in(app, "generic", FORM, now=app.clock.now())
    assert answer.verdict is Verdict.KEPT
    assert all_of(app, raw_payloads.c.body) == [GENERIC.body]
    assert all_of(app, raw_payloads.c.state) == ["dead"]
    assert all_of(app, form_submissions.c.id) == all_of(app, leads.c.id) == []
    assert set(all_of(app, timed_actions.c.template)) == {"staff_stumbled"}


def test_once_the_fault_is_mended_the_sender_or_staff_make_the_lead(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept is whole: the same delivery again is a lead."""
    with monkeypatch.context() as broken:
        broken.setattr("core.flows.intake.receive_form.accept", stumble)
        for _ in range(3):
            receive_form.take_in(app, "generic", FORM, now=app.clock.now())
    assert all_of(app, raw_payloads.c.state) == ["dead"]
    assert receive_form.take_in(app, "generic", FORM, now=app.clock.now()).verdict is Verdict.STORED


def test_an_alarm_that_fails_loses_nothing_either(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is kept though nobody could be called."""
    monkeypatch.setattr("core.flows.intake.receive_form.accept", stumble)
    monkeypatch.setattr("core.flows.intake.unread_alert.front_line", refuse_a_statement)
    assert receive_form.take_in(app, "generic", FORM, now=app.clock.now()).verdict is Verdict.KEPT
    assert all_of(app, raw_payloads.c.state) == ["dead"]


def test_a_database_that_refuses_everything_is_told_to_the_sender(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is stored and nothing is claimed to be: they send it again."""

    def down(*_args: object, **_options: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr("core.flows.intake.receive_form.accept", down)
    with pytest.raises(OperationalError):
        receive_form.take_in(app, "generic", FORM, now=app.clock.now())
    assert all_of(app, raw_payloads.c.id) == []


def test_phones_ring_once_in_a_quarter_of_an_hour(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred forms of a vendor that changed its shape are one alarm."""
    monkeypatch.setattr("core.flows.intake.receive_form.accept", stumble)
    for number in range(3):
        other = Delivery(GENERIC.body + b" " * number, GENERIC.content_type)
        receive_form.take_in(app, "generic", other, now=app.clock.now())
    assert len(all_of(app, raw_payloads.c.id)) == 3
    run_due(app)
    told = [sent.to for sent, _, _ in app.sms.accepted]
    assert len(told) == len(set(told)) == 3


def test_a_text_that_is_understood_leaves_no_copy(app: TestApp) -> None:
    """The thread has it."""
    hear(app, "Hello there")
    assert all_of(app, sms_messages.c.message_body) == ["Hello there"]
    assert all_of(app, raw_payloads.c.id) == []


@pytest.mark.parametrize("place", ["read", "read_params", "_take_in", "leads.note_event"])
def test_a_text_that_nobody_understands_lands_unread_in_its_thread(
    app: TestApp, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Automation is held, as after every reply, and staff are called."""
    take_in(app, submission())
    if place == "leads.note_event":
        monkeypatch.setattr("core.flows.conversation.receive_text.patients.heard_from", stumble)
    else:
        monkeypatch.setattr(f"core.flows.conversation.receive_text.{place}", stumble)
    hear(app, "Hello there")
    assert all_of(app, sms_messages.c.message_body) == ["Hello there"]
    assert all_of(app, leads.c.unread) == [1]
    assert "staff_stumbled" in all_of(app, timed_actions.c.template)
    app.clock.advance(timedelta(hours=4))
    run_due(app)
    assert PHONE not in [sent.to for sent, _, _ in app.sms.accepted]


@pytest.mark.parametrize("body", ["STOP", " Stop. ", "unsubscribe"])
def test_a_carriers_stop_word_is_honoured_though_nothing_is_understood(
    app: TestApp, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """The one thing that must not wait for a person."""
    take_in(app, submission())
    monkeypatch.setattr("core.flows.conversation.receive_text.read", stumble)
    hear(app, body)
    assert [moment is not None for moment in all_of(app, phone_standing.c.opted_out_at)] == [True]


@pytest.mark.parametrize(
    "params",
    [wrote("Hello", From="+14075550199"), wrote("Look", NumMedia="1"), wrote("Hello", MessageSid=""), {}],
    ids=["nobody's number", "with a picture", "without an id", "empty"],
)
def test_what_cannot_go_into_a_thread_waits_among_the_unread(
    app: TestApp, monkeypatch: pytest.MonkeyPatch, params: dict[str, str]
) -> None:
    """Whole, and to be read again once the fault is mended."""
    take_in(app, submission())
    with monkeypatch.context() as broken:
        broken.setattr("core.flows.conversation.receive_text._take_in", stumble)
        twilio_webhooks.take_in_text(app, POSTED, params, now=app.clock.now())
    assert all_of(app, raw_payloads.c.body) == [POSTED.body]
    assert all_of(app, raw_payloads.c.state) == ["dead"]
    with app.db.write() as session:
        (raw_id,) = session.execute(select(raw_payloads.c.id)).scalars()
        twilio_webhooks.read_again(session, app, actor(session, "frontdesk"), raw_id, now=app.clock.now())
    assert all_of(app, sms_messages.c.message_body) == ["Hello there"]
    assert all_of(app, raw_payloads.c.state) == ["replayed"]


def test_a_text_that_is_thrown_out_once_is_heard_at_the_second_try(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadlock or a lost connection costs nobody a STOP."""
    receive, calls = receive_text.receive, [0]

    def thrown_out_once(*args: object, **options: object) -> object:
        calls[0] += 1
        if calls[0] == 1:
            raise OperationalError("", {}, Exception("deadlock"))
        return receive(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("core.flows.conversation.twilio_webhooks.receive_text.receive", thrown_out_once)
    hear(app, "Hello there")
    assert all_of(app, sms_messages.c.message_body) == ["Hello there"]


def test_a_status_that_cannot_be_recorded_is_kept_and_can_be_read_again(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the address that names our action."""
    take_in(app, submission())
    job = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now()).jobs[0]
    ours = {"action": job.text.action_id, "attempt": "1"}
    posted = Delivery(
        b"MessageSid=SM9&MessageStatus=delivered",
        POSTED.content_type,
        {"query": f"action={job.text.action_id}&attempt=1"},
    )
    params = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    with monkeypatch.context() as broken:
        broken.setattr("core.flows.sending.delivery_status.settling.adopt", stumble)
        twilio_webhooks.take_in_status(app, posted, ours, params, now=app.clock.now())
    assert all_of(app, raw_payloads.c.state) == ["dead"]
    with app.db.write() as session:
        (raw_id,) = session.execute(select(raw_payloads.c.id)).scalars()
        twilio_webhooks.read_again(session, app, actor(session, "frontdesk"), raw_id, now=app.clock.now())
    assert "delivered" in all_of(app, sms_messages.c.status)
