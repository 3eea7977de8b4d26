"""Texts that staff write, and planned texts that they stop or hurry."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain.errors import ClosedToTexts, Denied, InvalidInput, LostRace, NotFound
from core.flows.conversation import staff_text
from core.flows.sending import pausing, sending_now
from core.leads.tables import leads
from core.messaging.tables import action_moves, sms_messages, timed_actions
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

LATER = timedelta(seconds=11)


def step_id(app: TestApp, step: str) -> str:
    return str(one(app, timed_actions, timed_actions.c.step == step).id)


def first_contact(app: TestApp) -> Any:
    return one(app, sla_clocks, sla_clocks.c.target == "first_contact")


def test_a_text_leaves_after_ten_seconds_and_is_an_attempt(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    before = len(app.sms.bodies_to(PATIENT))
    do(app, staff_text.send_text, app.reference, maya, lead_id, "  Hi Omar, Maya here.  ")
    app.clock.advance(timedelta(seconds=9))
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == before
    assert first_contact(app).state == "running"
    app.clock.advance(timedelta(seconds=1))
    run_due(app)
    assert app.sms.bodies_to(PATIENT)[-1] == "Hi Omar, Maya here."
    text = one(app, sms_messages, sms_messages.c.origin == "staff")
    assert (text.staff_id, text.purpose) == (maya.staff_id, "manual")
    assert (first_contact(app).state, first_contact(app).response_seconds) == ("met", 10)
    assert (one(app, leads).attempted_at, one(app, leads).contacted_at) == (app.clock.now(), None)


def test_an_undone_text_never_leaves_and_is_no_contact(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = do(app, staff_text.send_text, app.reference, maya, lead_id, "Oops")
    assert do(app, staff_text.cancel_action, maya, action_id) is True
    run_until(app, timedelta(minutes=1))
    assert "Oops" not in app.sms.bodies_to(PATIENT)
    assert one(app, leads).attempted_at is None


def test_a_text_that_left_cannot_be_undone(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = do(app, staff_text.send_text, app.reference, maya, lead_id, "Hello")
    app.clock.advance(LATER)
    run_due(app)
    assert do(app, staff_text.cancel_action, maya, action_id) is False
    assert app.sms.bodies_to(PATIENT).count("Hello") == 1


@pytest.mark.parametrize("body", ["", " \n ", "x" * 1601])
def test_an_empty_or_endless_text_is_refused_by_its_field(app: TestApp, body: str) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, body)
    assert refused.value.errors[0].field == "body"


def test_whoever_opted_out_is_closed_to_texts_and_the_words_say_to_call(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "please stop texting me")
    with pytest.raises(ClosedToTexts, match=r"opted out of texts on Nov 23. Call \(407\) 555-0155"):
        do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hello?")
    assert rows(app, timed_actions, timed_actions.c.purpose == "manual") == []


def test_an_opt_out_within_the_ten_seconds_still_wins(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hello?")
    write_in(app, "STOP")
    run_until(app, timedelta(minutes=1))
    assert "Hello?" not in app.sms.bodies_to(PATIENT)


def test_a_text_written_at_night_waits_for_the_morning(app: TestApp) -> None:
    app.clock.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 in New York and Florida
    lead_id = new_lead(app, submission(submitted_at=app.clock.now()))
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Good morning")
    run_until(app, timedelta(hours=1))
    assert "Good morning" not in app.sms.bodies_to(PATIENT)
    run_until(app, timedelta(hours=10))
    assert app.sms.bodies_to(PATIENT).count("Good morning") == 1


def test_a_cancelled_step_stays_away_and_says_who_stopped_it(app: TestApp) -> None:
    new_lead(app)
    maya, action_id = who(app, "frontdesk"), step_id(app, "minute-2")
    assert do(app, staff_text.cancel_action, maya, action_id) is True
    run_until(app, timedelta(minutes=4))
    assert len(app.sms.bodies_to(PATIENT)) == 1
    move = one(app, action_moves, action_moves.c.action_id == action_id)
    assert (move.state, move.reason, move.by_staff_id) == ("cancelled", "cancelled_by_staff", maya.staff_id)


def test_a_cancelled_step_comes_back_when_undone_in_time(app: TestApp) -> None:
    new_lead(app)
    maya, action_id = who(app, "frontdesk"), step_id(app, "minute-2")
    do(app, staff_text.cancel_action, maya, action_id)
    assert do(app, staff_text.restore_action, maya, action_id) is True
    run_until(app, timedelta(minutes=3))
    assert len(app.sms.bodies_to(PATIENT)) == 2
    assert do(app, staff_text.restore_action, maya, action_id) is False


def test_a_planned_text_can_be_sent_now_and_says_who_decided(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = step_id(app, "day-3")
    do(app, sending_now.send_now, app, maya, action_id)
    run_due(app)
    assert one(app, timed_actions, timed_actions.c.id == action_id).state == "sent"
    reasons = {move.reason for move in rows(app, action_moves, action_moves.c.action_id == action_id)}
    assert "sent_by_staff" in reasons
    assert "sent_by_staff" in kinds(app, lead_id)
    assert len(app.sms.bodies_to(PATIENT)) == 2


def test_sending_now_does_not_override_an_opt_out(app: TestApp) -> None:
    new_lead(app)
    action_id = step_id(app, "day-3")
    write_in(app, "STOP")
    with pytest.raises(LostRace, match="not waiting"):
        do(app, sending_now.send_now, app, who(app, "frontdesk"), action_id)


def preview(app: TestApp, action_id: str) -> sending_now.Outlook:
    found = do(app, sending_now.preview_send_now, app, who(app, "frontdesk"), action_id)
    assert isinstance(found, sending_now.Outlook)
    return found


def test_the_wording_is_shown_before_it_goes_and_is_what_goes(app: TestApp) -> None:
    new_lead(app)
    action_id = step_id(app, "day-3")
    shown = preview(app, action_id)
    assert (shown.verdict, shown.words, shown.segments) == ("goes", "", 1)
    do(app, sending_now.send_now, app, who(app, "frontdesk"), action_id)
    run_due(app)
    assert app.sms.bodies_to(PATIENT)[-1] == shown.body


def test_what_the_daily_limit_holds_is_not_said_to_be_sent(app: TestApp) -> None:
    """Three automatic texts went today: it says until when, refuses, and leaves the plan as it was."""
    lead_id = new_lead(app)
    run_until(app, timedelta(minutes=6))
    assert len(app.sms.bodies_to(PATIENT)) == 3
    action_id = step_id(app, "hour-4")
    before = one(app, timed_actions, timed_actions.c.id == action_id)
    shown = preview(app, action_id)
    assert (shown.verdict, shown.reason) == ("held", "daily_cap")
    assert shown.words == "Three automatic texts in 24 hours are the limit. It can go Tue 10:10 AM."
    with pytest.raises(InvalidInput, match=r"limit. It can go Tue 10:10 AM. It stays as planned"):
        do(app, sending_now.send_now, app, who(app, "frontdesk"), action_id)
    assert one(app, timed_actions, timed_actions.c.id == action_id) == before
    assert "sent_by_staff" not in kinds(app, lead_id)


def test_two_that_are_hurried_at_once_do_not_both_find_room(app: TestApp) -> None:
    """Two went today: the first to be hurried takes the last place, before it has even left."""
    new_lead(app)
    run_until(app, timedelta(minutes=3))
    do(app, sending_now.send_now, app, who(app, "frontdesk"), step_id(app, "day-1"))
    with pytest.raises(InvalidInput, match="limit"):
        do(app, sending_now.send_now, app, who(app, "manager"), step_id(app, "day-3"))


def test_texting_hours_and_stops_hold_it_and_are_named(app: TestApp) -> None:
    app.clock.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 in New York and Florida
    new_lead(app, submission(submitted_at=app.clock.now()))
    action_id = step_id(app, "day-3")
    assert preview(app, action_id).words == (
        "It is outside texting hours for this patient. It can go Tue 9:00 AM."
    )
    do(app, pausing.pause, who(app, "manager"), "wrong wording")
    assert (preview(app, action_id).verdict, preview(app, action_id).words) == (
        "stopped",
        "All sending is paused.",
    )
    with pytest.raises(InvalidInput, match="All sending is paused"):
        do(app, sending_now.send_now, app, who(app, "frontdesk"), action_id)


def test_a_text_written_while_sending_is_paused_says_that_it_waits(app: TestApp) -> None:
    """It can be taken back until somebody resumes."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, pausing.pause, who(app, "manager"), "wrong wording")
    action_id = do(app, staff_text.send_text, app.reference, maya, lead_id, "Hello")
    outlook = do(app, lambda session, now: sending_now.what_holds(session, app, action_id, now=now))
    assert outlook.words == "All sending is paused."
    app.clock.advance(timedelta(hours=1))
    run_due(app)
    assert do(app, staff_text.cancel_action, maya, action_id) is True


def test_a_text_that_goes_in_ten_seconds_waits_for_nothing(app: TestApp) -> None:
    lead_id = new_lead(app)
    action_id = do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hello")
    outlook = do(app, lambda session, now: sending_now.what_holds(session, app, action_id, now=now))
    assert (outlook.verdict, outlook.words) == ("goes", "")


def test_alerts_to_staff_are_no_ones_to_cancel(app: TestApp) -> None:
    new_lead(app)
    alert = rows(app, timed_actions, timed_actions.c.audience == "staff", timed_actions.c.kind == "text")[0]
    with pytest.raises(NotFound):
        do(app, staff_text.cancel_action, who(app, "frontdesk"), alert.id)


def test_a_call_task_is_not_sent(app: TestApp) -> None:
    new_lead(app)
    with pytest.raises(InvalidInput, match="Only a text"):
        do(app, sending_now.send_now, app, who(app, "frontdesk"), step_id(app, "minute-10"))


@pytest.mark.parametrize("username", ["provider", "marketing"])
def test_only_who_works_leads_may_text_cancel_or_hurry(app: TestApp, username: str) -> None:
    lead_id, stranger = new_lead(app), who(app, username)
    action_id = step_id(app, "day-3")
    with pytest.raises(Denied):
        do(app, staff_text.send_text, app.reference, stranger, lead_id, "Hello")
    with pytest.raises(Denied):
        do(app, staff_text.cancel_action, stranger, action_id)
    with pytest.raises(Denied):
        do(app, sending_now.send_now, app, stranger, action_id)
    assert one(app, timed_actions, timed_actions.c.id == action_id).state == "planned"
