"""What staff see of emails at a lead: beside the texts, how far each got, and why one went or did not."""

from typing import Any

import pytest

from console.parts import thread_rows
from core.domain.ports import BOUNCED, Outcome, SendResult
from core.flows.access import erasing
from core.flows.sending import email_reports
from core.reads import lead_thread
from core.reads.lead_thread import Thread
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.emailing import AFTER, BACK, clinic, later, plan, send_all

SUBJECT = "After your visit to Luxe Medical Spa"


def thread(app: TestApp, lead_id: str) -> Thread:
    with app.db.read() as session:
        return lead_thread.read(session, actor(session, "frontdesk"), lead_id)


def emails(app: TestApp, lead_id: str) -> list[dict[str, Any]]:
    """The rows of emails as the lead's page has them."""
    return [row for row in thread_rows.rows(thread(app, lead_id), lead_id) if row["id"].startswith("m:")]


def lines(app: TestApp, lead_id: str) -> list[str]:
    """'Why sent, why not' about emails."""
    rows = thread_rows.rows(thread(app, lead_id), lead_id)
    [moves] = [row for row in rows if row["id"] == "moves"]
    return [f"{line['name']}: {line['words']}" for line in moves["lines"] if line["name"].startswith("Email")]


def test_an_email_stands_in_the_conversation_with_its_subject_and_how_far_it_got(app: TestApp) -> None:
    lead_id = clinic(app)
    plan(app, lead_id, AFTER)
    send_all(app)
    [row] = emails(app, lead_id)
    assert (row["name"], row["origin"], row["tone"]) == (f"Email: {SUBJECT}", "automatic", "")
    assert row["status"] == "handed to the mail server"
    assert row["body"].startswith("Hi Omar")
    assert lines(app, lead_id) == [
        "Email: after the visit: about their request or visit, to the address they gave us; "
        "version 1, English, neutral wording: they have not asked for texts that name a treatment"
    ]


@pytest.mark.parametrize(
    ("result", "status", "line"),
    [
        (SendResult(Outcome.REFUSED, status=BOUNCED, code=550), "came back: ", "the address takes no email"),
        (SendResult(Outcome.REFUSED, status="failed", code=554), "not sent", "the mail server refused it"),
        (SendResult(Outcome.UNKNOWN), "not sure that it arrived", "it is not sent again by itself"),
        (SendResult(Outcome.RETRY, code=451), "on its way", "the mail server asked to wait"),
    ],
)
def test_what_became_of_it_is_said_in_words(app: TestApp, result: SendResult, status: str, line: str) -> None:
    lead_id = clinic(app)
    plan(app, lead_id, AFTER)
    app.email.answer = lambda _email: result
    send_all(app)
    [row] = emails(app, lead_id)
    assert row["status"].startswith(status)
    assert line in lines(app, lead_id)[0]


def test_a_bounce_that_comes_later_takes_back_that_it_was_sent(app: TestApp) -> None:
    lead_id = clinic(app)
    action_id = plan(app, lead_id, AFTER)
    send_all(app)
    report = {"message_id": f"<{action_id}@luxe.example.com>", "event": "bounce", "detail": "5.1.1"}
    assert email_reports.take_in(app, report, now=app.clock.now())
    assert emails(app, lead_id)[0]["tone"] == "failed"
    assert lines(app, lead_id) == ["Email: after the visit: came back: this address takes no email"]


def test_why_an_email_was_not_sent_is_said_too(app: TestApp) -> None:
    lead_id = clinic(app)
    plan(app, lead_id, BACK)
    send_all(app)
    assert emails(app, lead_id) == []
    assert lines(app, lead_id) == ["Email: come back not sent: no consent for marketing emails"]


def test_the_timeline_tells_that_an_address_is_dead(app: TestApp) -> None:
    lead_id = clinic(app)
    plan(app, lead_id, AFTER)
    app.email.answer = lambda _email: SendResult(Outcome.REFUSED, status=BOUNCED, code=550)
    send_all(app)
    told = [row["words"] for row in thread_rows.rows(thread(app, lead_id), lead_id) if "words" in row]
    assert "Email: after the visit came back: this address takes no email" in told


def test_of_an_erased_person_no_email_can_be_read(app: TestApp) -> None:
    lead_id = clinic(app)
    plan(app, lead_id, AFTER)
    send_all(app)
    later(app, minutes=1)
    erasing.erase(app, 1, "Asked by letter", actor="command:test", now=app.clock.now())
    [email] = thread(app, lead_id).emails
    assert (email.subject, email.body) == ("(erased)", "")
