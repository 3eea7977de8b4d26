"""Automation that waits while a person has a conversation in hand, and goes on by a click or at its end."""

from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import InvalidInput
from core.flows.conversation import staff_text
from core.flows.leads import taking_over
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who


def step(app: TestApp, name: str) -> Any:
    return one(app, timed_actions, timed_actions.c.step == name)


def automatic(app: TestApp) -> list[str]:
    return [body for body in app.sms.bodies_to(PATIENT) if "Maya here" not in body]


def write(app: TestApp, lead_id: str) -> None:
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Maya here, one question")
    run_until(app, timedelta(seconds=15))


def test_a_person_who_writes_takes_over_and_automation_waits_until_an_hour_that_is_said(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = len(automatic(app))
    write(app, lead_id)
    lead = one(app, leads)
    assert (lead.paused_by, lead.paused_why) == (who(app, "frontdesk").staff_id, "wrote")
    assert (lead.paused_until.minute, lead.paused_until - app.clock.now() > timedelta(days=3)) == (0, True)
    run_until(app, timedelta(days=2))
    assert len(automatic(app)) == before
    assert "automation_paused" in kinds(app, lead_id)


def test_at_its_end_what_is_still_of_use_goes_and_the_rest_is_dropped_with_the_reason(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = len(automatic(app))
    write(app, lead_id)
    run_until(app, timedelta(days=9))
    assert (step(app, "hour-2").state, step(app, "hour-2").reason) == ("dropped", "too_late")
    assert step(app, "day-7").state == "sent"
    assert len(automatic(app)) > before


def test_resumed_by_a_click_what_waits_goes_at_once(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, taking_over.pause, maya, lead_id)
    run_until(app, timedelta(minutes=4))
    assert (step(app, "minute-2").state, step(app, "minute-2").reason) == ("planned", "automation_paused")
    assert do(app, taking_over.resume, maya, lead_id) is True
    run_until(app, timedelta(minutes=1))
    assert step(app, "minute-2").state == "sent"
    assert one(app, leads).paused_until is None
    assert do(app, taking_over.resume, maya, lead_id) is False
    assert kinds(app, lead_id).count("automation_resumed") == 1


def test_a_text_by_a_person_goes_while_automation_waits(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, taking_over.pause, maya, lead_id)
    write(app, lead_id)
    assert app.sms.bodies_to(PATIENT)[-1] == "Maya here, one question"


@pytest.mark.parametrize(("words", "reason"), [("Tomorrow is fine", "replied"), ("STOP", "opted_out")])
def test_a_reply_or_a_stop_ends_it_for_good_whatever_was_paused(
    app: TestApp, words: str, reason: str
) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, taking_over.pause, maya, lead_id)
    run_until(app, timedelta(minutes=4))
    write_in(app, words)
    assert one(app, leads).paused_until is None
    assert step(app, "minute-2").reason == reason
    assert do(app, taking_over.resume, maya, lead_id) is False
    run_until(app, timedelta(days=15))
    assert {row.state for row in rows(app, timed_actions, timed_actions.c.step == "day-7")} == {"cancelled"}


def test_the_confirmation_of_a_form_is_no_part_of_it(app: TestApp) -> None:
    """It answers the patient's own form, and says who calls."""
    lead_id = new_lead(app)
    do(app, taking_over.pause, who(app, "frontdesk"), lead_id)
    assert step(app, "minute-0").state == "sent"


def test_where_nothing_goes_out_by_itself_nothing_is_paused(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "Call me")
    with pytest.raises(InvalidInput, match="by itself"):
        do(app, taking_over.pause, who(app, "frontdesk"), lead_id)


def test_two_who_pause_say_it_once_and_the_longer_end_counts(app: TestApp) -> None:
    lead_id = new_lead(app)
    first = do(app, taking_over.pause, who(app, "frontdesk"), lead_id)
    app.clock.advance(timedelta(hours=2))
    second = do(app, taking_over.pause, who(app, "manager"), lead_id)
    assert one(app, leads).paused_until == second > first
    assert kinds(app, lead_id).count("automation_paused") == 1
