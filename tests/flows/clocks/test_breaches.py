"""A target that was missed is one row for good, with its cause, whoever notices first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from core.flows.clocks import sweeping
from core.flows.leads import calls, staff_action, staff_outcome
from core.leads.tables import leads
from core.sla import store_watch as watch
from core.sla.tables import sla_breaches, sla_clocks
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def came(app: TestApp, at: datetime) -> str:
    """A hot lead, whose first contact is due five minutes later."""
    app.clock.moment = at
    return new_lead(app, submission(submitted_at=at))


def later(app: TestApp, moment: datetime) -> int:
    app.clock.moment = moment
    return sweeping.sweep(app, now=moment)


def first_contacts(app: TestApp) -> list[Any]:
    return rows(app, sla_breaches, sla_breaches.c.target == "first_contact")


def change(app: TestApp, table: Any, **values: Any) -> None:
    with app.db.write() as session:
        session.execute(update(table).values(**values))


def test_a_missed_target_is_written_once_with_whose_it_was_and_when_it_was_due(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    later(app, local(23, 10, 5) + timedelta(seconds=1))
    for minute in (6, 7):
        later(app, local(23, 10, minute))
    breach = one(app, sla_breaches)
    owner = one(app, leads).owner_id
    assert (breach.lead_id, breach.target, breach.staff_id) == (lead_id, "first_contact", owner)
    assert (breach.at, breach.noted_at) == (local(23, 10, 5), local(23, 10, 5) + timedelta(seconds=1))
    assert kinds(app, lead_id).count("clock_breached") == 1


def test_whoever_calls_late_before_anybody_looked_writes_it_and_the_sweep_not_again(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    app.clock.moment = local(23, 10, 6)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    later(app, local(23, 10, 7))
    (breach,) = first_contacts(app)
    clock = one(app, sla_clocks, sla_clocks.c.target == "first_contact")
    assert (breach.at, clock.state, clock.id) == (local(23, 10, 5), "missed", breach.clock_id)


def test_a_call_after_the_sweep_leaves_the_breach_as_it_was(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    later(app, local(23, 10, 6))
    before = first_contacts(app)
    app.clock.moment = local(23, 10, 30)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert first_contacts(app) == before


def test_a_call_in_time_leaves_no_breach(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    app.clock.moment = local(23, 10, 5)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    later(app, local(23, 10, 20))
    assert first_contacts(app) == []


def test_a_call_that_is_taken_back_leaves_the_breach_and_makes_no_second(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    app.clock.moment = local(23, 10, 6)
    logged = do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    do(app, calls.undo, app.reference, who(app, "frontdesk"), logged.call_id)
    later(app, local(23, 11))
    assert len(first_contacts(app)) == 1
    assert one(app, sla_clocks, sla_clocks.c.target == "first_contact").state == "running"


def test_handing_a_lead_on_resets_nothing_and_the_breach_is_whose_it_is_then(app: TestApp) -> None:
    lead_id = came(app, local(23, 10))
    app.clock.moment = local(23, 10, 3)
    before = one(app, sla_clocks, sla_clocks.c.target == "first_contact")
    manager = who(app, "manager")
    do(app, staff_action.take, manager, lead_id, seen_owner=one(app, leads).owner_id)
    after = one(app, sla_clocks, sla_clocks.c.target == "first_contact")
    assert (after.started_at, after.due_at) == (before.started_at, before.due_at)
    later(app, local(23, 10, 6))
    assert first_contacts(app)[0].staff_id == manager.staff_id


@pytest.mark.parametrize(
    ("of_staff", "of_lead", "cause"),
    [
        ({"status": "off_duty"}, {}, "nobody_on_shift"),
        ({"hours": {}}, {}, "nobody_on_shift"),
        ({"capacity": 1}, {}, "over_capacity"),
        ({}, {"owner_id": None}, "over_capacity"),
        ({}, {}, "unacknowledged"),
        ({}, {"viewed_at": local(23, 10, 4)}, "late"),
        ({}, {"viewed_at": local(23, 10, 6)}, "unacknowledged"),
    ],
)
def test_the_cause_is_as_things_stood(
    app: TestApp, of_staff: dict[str, Any], of_lead: dict[str, Any], cause: str
) -> None:
    came(app, local(23, 10))
    change(app, staff, **of_staff) if of_staff else None
    change(app, leads, **of_lead) if of_lead else None
    later(app, local(23, 10, 6))
    assert [breach.cause for breach in first_contacts(app)] == [cause]


def test_causes_add_up_to_the_breaches_and_leave_out_what_counts_for_nothing(app: TestApp) -> None:
    """Two are late; one of them turns out to be a test and its clock counts for nothing."""
    kept = came(app, local(23, 10))
    app.clock.moment = local(23, 10, 1)
    gone = take_in(
        app, submission(phone="+14075550156", external_id="two", submitted_at=local(23, 10, 1))
    ).lead_id
    assert gone not in (None, kept)
    later(app, local(23, 10, 30))
    do(app, staff_outcome.disqualify, who(app, "frontdesk"), gone, "not_interested")
    with app.db.read() as session:
        found = watch.causes(session, "first_contact", local(23, 10), local(23, 11))
    assert found == {"unacknowledged": 1}
    assert len(first_contacts(app)) == 2, "the rows themselves stay"


def test_two_who_sweep_at_once_mark_each_breach_once(app: TestApp) -> None:
    """A scheduler and its successor overlap for a moment."""
    came(app, local(23, 10))
    moment = local(23, 10, 6)
    app.clock.moment = moment
    with app.db.write() as session:
        missed = watch.mark_overdue(session, moment)
        breaches = [watch.Breach(one_, None, "late") for one_ in missed]
        assert watch.note_breaches(session, breaches, moment) == len(missed)
        assert watch.note_breaches(session, breaches, moment) == 0
    assert later(app, moment) == 0
    assert len(first_contacts(app)) == 1
