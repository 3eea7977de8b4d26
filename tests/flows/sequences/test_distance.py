"""Two sequences at once for one number: a gap between them, what matters more first, and the plan says what waits."""

from datetime import datetime, timedelta
from typing import Any

from core.booking.tables import appointments
from core.flows.leads import stages, visits
from core.flows.sequences import entering
from core.leads.store import leads as lead_store
from core.messaging.tables import action_moves, timed_actions
from tests.conftest import TestApp
from tests.factories import put
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import PATIENT
from tests.flows.staffing import do, new_lead, one, rows, who

A = timed_actions.c
HOUR = timedelta(hours=1)


def step(app: TestApp, sequence: str, name: str) -> Any:
    return one(app, timed_actions, A.sequence == sequence, A.step == name)


def told(app: TestApp, action_id: str) -> list[tuple[str, Any]]:
    """Why an action moved, and for whom it waited."""
    found = rows(app, action_moves, action_moves.c.action_id == action_id)
    return [(move.reason, move.detail.get("for")) for move in sorted(found, key=lambda one: one.at)]


def with_marketing_due(app: TestApp, after: timedelta) -> Any:
    """A lead of whom the review is due that much later; everything else has gone or is over. Its action."""
    lead_id = new_lead(app)
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, "treated")
    run_until(app, timedelta(days=7) - after)
    return lead_id, step(app, "post_treatment", "day-7")


def another_visit(app: TestApp, lead_id: str, starts_at: datetime) -> None:
    """A further visit of the same request; nothing that runs for them ends by it."""
    now = app.clock.now()
    with app.db.write() as session:
        lead = lead_store.get(session, lead_id)
        put(
            session, appointments, id="visit-x", lead_id=lead_id, patient_id=lead.patient_id, created_at=now,
            starts_at=starts_at, location=lead.location, state="booked",
        )  # fmt: skip
        entering.booked(session, lead, "visit-x", starts_at, now=now)


def test_what_advertises_waits_for_a_reminder_that_is_due_within_the_gap(app: TestApp) -> None:
    """Sent first, it would push the reminder two hours back."""
    lead_id, review = with_marketing_due(app, HOUR)
    # The day before this visit is an hour after the review is due.
    another_visit(app, lead_id, app.clock.now() + 26 * HOUR)
    run_until(app, 4 * HOUR + timedelta(minutes=30))
    reminder = step(app, "pre_treatment", "hours-24")
    assert reminder.state == "sent"
    assert told(app, review.id)[0] == ("gap", "pre_treatment")
    sent = step(app, "post_treatment", "day-7")
    assert (sent.state, sent.settled_at - reminder.settled_at >= 2 * HOUR) == ("sent", True)


def test_a_text_keeps_the_gap_from_one_of_another_sequence(app: TestApp) -> None:
    """A reminder that falls an hour after the review goes an hour later than planned: nobody gets two at once."""
    lead_id, review = with_marketing_due(app, timedelta())
    run_until(app, timedelta(minutes=1))
    another_visit(app, lead_id, app.clock.now() + 5 * HOUR)
    run_until(app, 2 * HOUR + timedelta(minutes=30))
    assert step(app, "pre_treatment", "booked").state == "sent"
    today = step(app, "pre_treatment", "hours-4")
    review = step(app, "post_treatment", "day-7")
    assert told(app, today.id)[0] == ("gap", "post_treatment")
    assert today.settled_at - review.settled_at >= 2 * HOUR


def test_what_answers_an_act_of_this_moment_waits_for_nobody(app: TestApp) -> None:
    """A booking is confirmed at once, whatever another sequence said a minute ago."""
    lead_id = new_lead(app)
    starts_at = app.clock.now() + timedelta(days=9)
    do(app, visits.book, app.reference, who(app, "frontdesk"), lead_id, starts_at)
    run_until(app, timedelta(minutes=1))
    assert len(app.sms.bodies_to(PATIENT)) == 2


def test_the_steps_of_one_sequence_keep_their_own_distances(app: TestApp) -> None:
    new_lead(app)
    run_until(app, timedelta(minutes=6))
    assert len(app.sms.bodies_to(PATIENT)) == 3
