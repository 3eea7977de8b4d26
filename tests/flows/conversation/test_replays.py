"""A webhook comes again, a day later and rightly signed, or in another order: nothing is doubled and nothing undone."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import func, select

from core.analytics.tables import conversion_events
from core.compliance.tables import consents, phone_standing
from core.conversation.tables import alarms
from core.flows.access import erasing
from core.flows.conversation import danger, receive_text
from core.flows.sending import delivery_status
from core.leads.tables import lead_events, leads
from core.messaging.tables import sms_messages, timed_actions
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, new_lead, one, rows, who

PATIENT = "+14075550155"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ALL = (conversion_events, consents, alarms, lead_events, leads, sms_messages, timed_actions, sla_clocks)


def write_in(app: TestApp, body: str, sid: str = "SMin1", **named: str) -> receive_text.Received:
    params = {"MessageSid": sid, "From": PATIENT, "Body": body} | named
    return receive_text.receive(app, params, now=app.clock.now())


def counts(app: TestApp) -> dict[str, int]:
    with app.db.read() as session:
        return {t.name: session.execute(select(func.count()).select_from(t)).scalar_one() for t in ALL}


@pytest.mark.parametrize(
    "words",
    [
        "How much is it?",
        "STOP",
        "START",
        "HELP",
        "my throat is closing, I can't breathe",
        "wrong number",
        "thanks!",
    ],
)
def test_a_text_that_comes_again_a_day_later_changes_nothing(app: TestApp, words: str) -> None:
    """No second text, answer, alert, clock, consent or event, at night either."""
    new_lead(app)
    write_in(app, words)
    run_due(app)
    app.clock.advance(DAY + timedelta(hours=13))
    run_due(app)
    before, sent = counts(app), len(app.sms.accepted)
    assert write_in(app, words).repeated
    run_due(app)
    assert (counts(app), len(app.sms.accepted)) == (before, sent)


def test_a_stop_that_comes_again_does_not_undo_the_start_after_it(app: TestApp) -> None:
    new_lead(app)
    write_in(app, "STOP")
    app.clock.advance(MINUTE)
    write_in(app, "START", "SMin2")
    app.clock.advance(DAY)
    assert write_in(app, "STOP").repeated
    assert one(app, phone_standing).opted_out_at is None


def test_a_cry_that_comes_again_raises_no_alarm_that_was_acknowledged(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "my throat is closing")
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    app.clock.advance(DAY)
    write_in(app, "my throat is closing")
    assert [row.acknowledged_at is not None for row in rows(app, alarms)] == [True]


def test_a_text_of_somebody_who_was_erased_does_not_come_back(app: TestApp) -> None:
    """The row stays, without a word in it, and with it the provider's name for the text."""
    lead_id = new_lead(app)
    write_in(app, "my name is Omar")
    number = one(app, leads, leads.c.id == lead_id).number
    erasing.erase(app, number, "asked for it", actor="Chris", now=app.clock.now())
    app.clock.advance(DAY)
    assert write_in(app, "my name is Omar").repeated
    assert not [row for row in rows(app, sms_messages) if "Omar" in row.message_body]


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_statuses_in_any_order_and_twice_end_as_delivered(app: TestApp, order: tuple[str, ...]) -> None:
    new_lead(app)
    text = rows(app, sms_messages, sms_messages.c.origin == "automatic")[0]
    for status in (*order, *order):
        app.clock.advance(MINUTE)
        delivery_status.record(
            app, "", "", {"MessageSid": text.twilio_sid, "MessageStatus": status}, now=app.clock.now()
        )
    found = one(app, sms_messages, sms_messages.c.id == text.id)
    assert found.status == "delivered"
    assert found.delivered_at is not None


def report(app: TestApp, sid: str, **params: Any) -> bool:
    return delivery_status.record(app, "", "", {"MessageSid": sid, **params}, now=app.clock.now())


def test_a_failure_that_is_told_again_after_a_start_bars_nobody(app: TestApp) -> None:
    """The carrier said 'opted out', the patient texted START, and the old callback comes once more."""
    new_lead(app)
    sid = rows(app, sms_messages, sms_messages.c.origin == "automatic")[0].twilio_sid
    assert report(app, sid, MessageStatus="undelivered", ErrorCode="21610")
    assert one(app, phone_standing).opted_out_at is not None
    app.clock.advance(MINUTE)
    write_in(app, "START")
    app.clock.advance(DAY)
    assert not report(app, sid, MessageStatus="undelivered", ErrorCode="21610")
    assert not report(app, sid, MessageStatus="failed", ErrorCode="30005")
    standing = one(app, phone_standing)
    assert (standing.opted_out_at, standing.unreachable_at) == (None, None)
