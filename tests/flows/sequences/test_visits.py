"""What goes out around a visit: planned when it is booked, moved with it, gone with it. 10:00 on a Monday."""

from datetime import timedelta
from typing import Any

import pytest

from core.booking.tables import appointments
from core.domain.ports import Outcome, SendResult
from core.flows.leads import stages, taking_over, visits
from core.flows.sequences import skipping
from core.messaging.tables import timed_actions
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, one, rows, who

DAY = timedelta(days=1)
A = timed_actions.c


def book(app: TestApp, after: timedelta = 10 * DAY, **named: Any) -> tuple[str, str]:
    """A lead and its visit."""
    lead_id = new_lead(app)
    starts_at = app.clock.now() + after
    visit_id = do(app, visits.book, app.reference, who(app, "frontdesk"), lead_id, starts_at, **named)
    return lead_id, visit_id


def steps(app: TestApp, sequence: str = "pre_treatment") -> dict[str, tuple[str, str]]:
    """By step and move: state and reason."""
    found = rows(app, timed_actions, A.sequence == sequence)
    return {row.key.split(":", 2)[2]: (row.state, row.reason) for row in found}


def due(app: TestApp, step: str) -> Any:
    return one(app, timed_actions, A.step == step, A.state == "planned").due_at


def move(app: TestApp, visit_id: str, after: timedelta) -> None:
    visit = one(app, appointments, appointments.c.id == visit_id)
    do(
        app,
        visits.move,
        app.reference,
        who(app, "frontdesk"),
        visit_id,
        app.clock.now() + after,
        seen=visit.starts_at,
    )


def about(app: TestApp, words: str) -> list[str]:
    return [body for body in app.sms.bodies_to(PATIENT) if words in body]


def test_a_booking_confirms_at_once_and_plans_every_reminder_from_the_visit(app: TestApp) -> None:
    _, _ = book(app, provider_id=who(app, "provider").staff_id)
    starts_at = app.clock.now() + 10 * DAY
    assert due(app, "hours-72") == starts_at - 3 * DAY
    assert due(app, "hours-4") == starts_at - timedelta(hours=4)
    assert due(app, "check-in") == starts_at
    run_until(app, timedelta(minutes=1))
    said = about(app, "Confirmed")
    assert len(said) == 1
    assert "Thu Dec 3 at 10:00 AM with Nina" in said[0]
    run_until(app, 11 * DAY)
    assert {state for state, _ in steps(app).values()} == {"sent"}
    assert len(about(app, "a reminder of your visit: Thu Dec 3, 10:00 AM")) == 2


def test_a_visit_tomorrow_has_only_what_is_still_to_come(app: TestApp) -> None:
    """What should have gone before the booking was made is dropped, not sent at once."""
    book(app, timedelta(hours=20))
    run_until(app, timedelta(minutes=1))
    found = steps(app)
    assert {name for name, stands in found.items() if stands == ("dropped", "moment_passed")} == {
        "hours-72",
        "hours-48",
        "hours-24",
    }
    assert found["hours-4"] == ("planned", "")


def test_a_move_moves_what_is_planned_in_the_same_transaction(app: TestApp) -> None:
    _, visit_id = book(app)
    move(app, visit_id, 15 * DAY)
    assert due(app, "hours-72") == app.clock.now() + 12 * DAY
    run_until(app, 11 * DAY)
    assert len(about(app, "reminder")) == 0
    run_until(app, 5 * DAY)
    assert len(about(app, "a reminder of your visit: Tue Dec 8")) == 2


def test_a_move_closer_drops_what_has_passed(app: TestApp) -> None:
    """Nobody gets three reminders in one minute because their visit is sooner now."""
    _, visit_id = book(app)
    run_until(app, timedelta(minutes=1))
    before = len(app.sms.bodies_to(PATIENT))
    move(app, visit_id, timedelta(hours=30))
    run_until(app, timedelta(minutes=1))
    assert len(app.sms.bodies_to(PATIENT)) == before
    found = steps(app)
    assert (found["hours-72"], found["hours-48"]) == (("dropped", "moment_passed"),) * 2
    assert found["hours-24"][0] == "planned"


def test_who_was_reminded_of_the_old_time_is_reminded_of_the_new_one(app: TestApp) -> None:
    """The step is owed once for each time that the visit has; the confirmation of the booking is not."""
    _, visit_id = book(app, 4 * DAY)
    run_until(app, timedelta(days=3, hours=2))
    assert len(about(app, "a reminder of your visit: Fri Nov 27")) == 2
    move(app, visit_id, 6 * DAY)
    run_until(app, 7 * DAY)
    assert len(about(app, "a reminder of your visit: Wed Dec 2")) == 2
    assert len(about(app, "Confirmed")) == 1


def test_a_reminder_in_doubt_when_its_visit_moves_gets_no_second_try(app: TestApp) -> None:
    """It would name the new time, beside the reminder that is owed for that."""
    _, visit_id = book(app, 4 * DAY)
    run_until(app, DAY - timedelta(minutes=1))
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN)  # nobody knows, and it never arrived
    app.clock.moment += timedelta(minutes=1)
    run_due(app)
    app.sms.answer = lambda _text: None
    move(app, visit_id, 6 * DAY)
    run_until(app, 7 * DAY)
    assert len(about(app, "a reminder of your visit: Mon Nov 30")) == 2


def test_moved_there_and_back_nothing_goes_twice(app: TestApp) -> None:
    _, visit_id = book(app)
    for after in (12 * DAY, 10 * DAY, 11 * DAY, 10 * DAY):
        move(app, visit_id, after)
    run_until(app, 11 * DAY)
    assert len(about(app, "a reminder of your visit")) == 2


def test_a_step_that_a_person_left_out_stays_out_when_the_visit_moves(app: TestApp) -> None:
    _, visit_id = book(app)
    enrollment = one(app, enrollments, enrollments.c.sequence == "pre_treatment")
    do(app, skipping.skip_step, who(app, "frontdesk"), enrollment.id, "hours-72")
    move(app, visit_id, 15 * DAY)
    run_until(app, 16 * DAY)
    assert len(about(app, "a reminder of your visit")) == 1


@pytest.mark.parametrize("how", ["cancelled", "missed", "attended", "never_was"])
def test_nothing_goes_out_for_a_visit_that_no_longer_is(app: TestApp, how: str) -> None:
    lead_id, visit_id = book(app, 10 * DAY)
    run_until(app, timedelta(minutes=1))
    desk = who(app, "frontdesk")
    match how:
        case "cancelled":
            do(app, visits.cancel, app.reference, desk, visit_id, "time")
        case "missed":
            app.clock.moment += 10 * DAY + timedelta(hours=1)
            do(app, visits.no_show, app.reference, desk, visit_id)
        case "attended":
            app.clock.moment += 10 * DAY - timedelta(hours=1)
            do(app, stages.mark_stage, desk, lead_id, "attended")
        case "never_was":
            do(app, stages.unmark_stage, app.reference, desk, lead_id, "booked")
    said = len(app.sms.bodies_to(PATIENT))
    assert not [name for name, (state, _) in steps(app).items() if state == "planned"]
    run_until(app, 11 * DAY)
    assert len([body for body in app.sms.bodies_to(PATIENT)[said:] if "your visit" in body]) == 0


def test_a_visit_that_is_put_back_has_what_is_still_to_come(app: TestApp) -> None:
    _, visit_id = book(app)
    run_until(app, timedelta(minutes=1))
    desk = who(app, "frontdesk")
    do(app, visits.cancel, app.reference, desk, visit_id, "time")
    app.clock.moment += timedelta(hours=1)
    do(app, visits.put_back, app.reference, desk, visit_id)
    run_until(app, 11 * DAY)
    assert len(about(app, "a reminder of your visit")) == 2
    assert len(about(app, "Confirmed")) == 1


def test_a_reply_or_a_person_who_writes_ends_no_reminder(app: TestApp) -> None:
    """The lead's follow-up ends with them; what concerns the visit does not."""
    lead_id, _ = book(app)
    run_until(app, timedelta(minutes=1))
    write_in(app, "See you then")
    with pytest.raises(Exception, match="Nothing goes out"):
        do(app, taking_over.pause, who(app, "frontdesk"), lead_id)
    run_until(app, 11 * DAY)
    assert len(about(app, "a reminder of your visit")) == 2


def test_stop_ends_the_reminders_too(app: TestApp) -> None:
    book(app)
    run_until(app, timedelta(minutes=1))
    write_in(app, "STOP")
    run_until(app, 11 * DAY)
    assert about(app, "a reminder of your visit") == []


def test_a_checkout_brings_the_aftercare_and_its_mark_taken_back_ends_it(app: TestApp) -> None:
    lead_id, _ = book(app, timedelta(hours=1))
    app.clock.moment += timedelta(hours=2)
    desk = who(app, "frontdesk")
    do(app, stages.mark_stage, desk, lead_id, "treated")
    run_until(app, timedelta(minutes=6))
    assert len(about(app, "Thanks for coming in")) == 1
    do(app, stages.unmark_stage, app.reference, desk, lead_id, "treated")
    run_until(app, 15 * DAY)
    assert {stands for name, stands in steps(app, "post_treatment").items() if name != "minute-5"} == {
        ("cancelled", "taken_back")
    }


def test_a_reaction_ends_what_follows_a_visit(app: TestApp) -> None:
    lead_id, _ = book(app, timedelta(hours=1))
    app.clock.moment += timedelta(hours=2)
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, "treated")
    run_until(app, timedelta(minutes=6))
    write_in(app, "My face is swelling and I can't breathe")
    assert {stands for name, stands in steps(app, "post_treatment").items() if name != "minute-5"} == {
        ("cancelled", "needs_a_person")
    }


def test_a_booking_without_a_time_says_nothing_until_it_has_one(app: TestApp) -> None:
    lead_id = new_lead(app)
    desk = who(app, "frontdesk")
    do(app, stages.mark_stage, desk, lead_id, "booked")
    run_until(app, timedelta(minutes=1))
    assert about(app, "Confirmed") == []
    visit_id = one(app, appointments).id
    do(app, visits.move, app.reference, desk, visit_id, app.clock.now() + 3 * DAY, seen=None)
    run_until(app, timedelta(minutes=1))
    assert len(about(app, "Confirmed")) == 1


def test_a_second_form_leaves_the_reminders_alone(app: TestApp) -> None:
    book(app)
    run_until(app, timedelta(minutes=1))
    new_lead(app, submission(external_id="form-2"))
    run_until(app, 11 * DAY)
    assert len(about(app, "a reminder of your visit")) == 2
