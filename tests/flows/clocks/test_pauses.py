"""A snoozed lead's clocks stand still and go on with the opening time they had left."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.flows.clocks import sweeping
from core.flows.conversation import receive_text
from core.flows.leads import calls, staff_outcome
from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in
from tests.flows.staffing import OWED, do, new_lead, one, rows, who

NEW_YORK = ZoneInfo("America/New_York")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def snoozed(app: TestApp, *, at: datetime, until: datetime) -> str:
    """A hot lead came two minutes before it was snoozed: three minutes of its five are left."""
    app.clock.moment = at - timedelta(minutes=2)
    lead_id = new_lead(app, submission(submitted_at=app.clock.now()))
    app.clock.moment = at
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, until)
    return lead_id


def first_contact(app: TestApp) -> Any:
    return one(app, sla_clocks, sla_clocks.c.target == FIRST_CONTACT)


def time_comes(app: TestApp, moment: datetime) -> None:
    """What the scheduler does when it is that late."""
    app.clock.moment = moment
    sweeping.sweep(app, now=moment)


def test_a_snooze_that_ends_at_night_is_due_in_the_morning(app: TestApp) -> None:
    snoozed(app, at=local(23, 19, 30), until=local(23, 23))
    time_comes(app, local(23, 23))
    assert first_contact(app).due_at == local(24, 8, 3)


def test_a_snooze_over_days_takes_no_days_from_the_patient(app: TestApp) -> None:
    """From Monday evening to Wednesday at ten: due three minutes later, not two days."""
    snoozed(app, at=local(23, 19, 59), until=local(25, 10))
    time_comes(app, local(25, 10))
    clock = first_contact(app)
    assert (clock.state, clock.due_at, clock.breached_at) == ("running", local(25, 10, 3), None)


def test_a_colleague_who_ends_a_snooze_over_a_holiday_finds_what_was_left(app: TestApp) -> None:
    """Thanksgiving is closed: brought back that day, it is due when the clinic opens again."""
    lead_id = snoozed(app, at=local(25, 12), until=local(30, 9))
    app.clock.moment = local(26, 11)
    do(app, staff_outcome.unsnooze, app.reference, who(app, "frontdesk"), lead_id)
    assert first_contact(app).due_at == local(27, 8, 3)


def test_an_answer_of_the_patient_ends_the_snooze_and_the_clock_goes_on(app: TestApp) -> None:
    snoozed(app, at=local(23, 12), until=local(24, 12))
    app.clock.moment = local(23, 22)
    receive_text.receive(
        app, {"MessageSid": "SMin1", "From": "+14075550155", "Body": "Is 3 ok?"}, now=app.clock.now()
    )
    clock = first_contact(app)
    assert (clock.state, clock.due_at) == ("running", local(24, 8, 3))


def test_a_call_during_the_snooze_meets_a_clock_that_stood_still(app: TestApp) -> None:
    lead_id = snoozed(app, at=local(23, 12), until=local(24, 12))
    app.clock.moment = local(23, 15)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert {clock.state for clock in rows(app, sla_clocks, OWED)} == {"met"}


def test_what_was_late_before_the_snooze_stays_as_late_as_it_was(app: TestApp) -> None:
    app.clock.moment = local(23, 12)
    lead_id = take_in(app, submission(submitted_at=app.clock.now())).lead_id
    time_comes(app, local(23, 12, 20))
    before = first_contact(app)
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, local(23, 15))
    time_comes(app, local(23, 15))
    after = first_contact(app)
    assert (after.due_at, after.breached_at) == (before.due_at, before.breached_at)
    assert after.breached_at
