"""The box for marketing emails: consent to those, and to nothing else."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.compliance import store_emails
from core.compliance.store import EMAIL, LedgerEntry
from core.compliance.store_emails import EmailStanding
from core.compliance.tables import consents
from core.intake.connectors import hosted
from core.intake.connectors.generic import read_document
from core.intake.consent_rules import by_email_flag
from core.intake.draft import Delivery
from core.intake.submission import ConsentGiven
from core.leads.store import leads
from core.patients.store import profiles
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in
from tests.flows.emailing import OMAR

WORDS = "I agree to receive marketing emails from Luxe Medical Spa LLC at the email address provided."
YES = ConsentGiven("marketing", True, WORDS, "2026-11", channel="email")
NO = replace(YES, ticked=False)


def standing(app: TestApp) -> EmailStanding:
    with app.db.read() as session:
        return store_emails.standing(session, profiles.email_index(session, OMAR))


def ledger(app: TestApp) -> list[tuple[str, str]]:
    """(channel, action) of every row, by channel."""
    c = consents.c
    with app.db.read() as session:
        return sorted((channel, action) for channel, action in session.execute(select(c.channel, c.action)))


def test_the_box_allows_marketing_emails_and_no_text(app: TestApp) -> None:
    done = take_in(app, submission(consents=(YES,)))
    assert standing(app).marketing_at == app.clock.now()
    assert ledger(app) == [("email", "grant")]
    with app.db.read() as session:
        assert leads.get(session, done.lead_id or "").call_only


def test_the_boxes_for_texts_allow_no_marketing_email(app: TestApp) -> None:
    take_in(app, submission())
    assert standing(app) == EmailStanding()


def test_the_last_word_counts(app: TestApp) -> None:
    take_in(app, submission(consents=(YES,)))
    take_in(app, submission(consents=(NO,), external_id="form-2"))
    assert standing(app).marketing_at is None


def test_no_form_subscribes_anybody_again_who_unsubscribed(app: TestApp) -> None:
    """Anybody can type an address."""
    with app.db.write() as session:
        index = profiles.email_index(session, OMAR)
        entry = LedgerEntry("", "marketing", "revoke", "one_click", channel=EMAIL, email_index=index)
        store_emails.append(session, [entry], app.clock.now())
    take_in(app, submission(consents=(YES,)))
    assert standing(app).marketing_at is None
    assert ledger(app) == [("email", "decline"), ("email", "revoke")]


def test_a_box_without_an_address_is_about_nobody(app: TestApp) -> None:
    take_in(app, submission(consents=(YES,), email=""))
    assert ledger(app) == []


@pytest.mark.parametrize(
    ("answer", "words", "ticked"),
    [
        (True, WORDS, [True]),
        (True, "I agree to marketing texts.", []),
        (True, "", []),
        (False, "", [False]),
        (None, WORDS, []),
    ],
)
def test_a_flag_proves_nothing_without_words_that_speak_of_emails(
    answer: object, words: str, ticked: list[bool]
) -> None:
    assert [given.ticked for given in by_email_flag(answer, words)] == ticked


def test_both_ways_in_carry_the_box(app: TestApp) -> None:
    generic = {"consent": {"email_marketing": True, "sms_transactional": True, "text": WORDS}}
    draft = read_document("generic", generic, Delivery(b"", "", {}, ""))
    assert sorted((one.channel, one.scope) for one in draft.consents) == [
        ("email", "marketing"), ("sms", "transactional")
    ]  # fmt: skip
    box = {"scope": "marketing", "ticked": True, "wording": WORDS, "version": "1", "channel": "email"}
    assert hosted._box(box).channel == "email"
