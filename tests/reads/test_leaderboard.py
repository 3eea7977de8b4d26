"""The leaderboard's rows and sums, worked out by hand. It is 10:00 on a Monday in New York."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from core.assignment.tables import assignments
from core.domain.errors import Denied
from core.domain.ids import new_id
from core.messaging.tables import timed_actions
from core.reads import funnel, leaderboard, sla_monitor, speed
from core.reads.leaderboard import Leaderboard, Person
from core.reads.parts.periods import Period, period
from core.reads.parts.scopes import STAGES, Scope
from core.reads.speed import Speed
from core.sla.tables import sla_breaches
from tests.conftest import TestApp
from tests.factories import actor, put
from tests.reads.made_up import add_clock, add_lead, add_patient, staff_id

ZONE = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


def today(now: datetime) -> Period:
    return period("7", ZONE, now)


def lead_of(
    session: Session, patient: str, who: str, start: datetime, minutes: float | None, **values: Any
) -> str:
    """A lead of `who` with ten minutes to make contact in, which they made after `minutes`, or nobody did (None)."""
    owner, due = staff_id(session, who), start + 10 * MINUTE
    tried = None if minutes is None else start + minutes * MINUTE
    lead = add_lead(session, patient, start, owner_id=owner, attempted_at=tried, **values)
    put(
        session,
        assignments,
        id=new_id(start),
        lead_id=lead,
        staff_id=owner,
        at=start,
        rule="By turn",
        trace=[],
    )
    if tried and tried <= due:
        add_clock(session, lead, start, due, state="met", ended_at=tried, ended_by=owner)
        return lead
    ended = {"state": "missed", "ended_at": tried, "ended_by": owner} if tried else {}
    clock = add_clock(session, lead, start, due, breached_at=due, **ended)
    seen = values.get("viewed_at")
    cause = "late" if seen and seen <= due else "unacknowledged"
    missed(session, lead, clock, due, owner, cause)
    return lead


def missed(session: Session, lead: str, clock: str, due: datetime, owner: str | None, cause: str) -> None:
    """The row that whoever noticed it wrote."""
    put(
        session, sla_breaches, id=new_id(due), clock_id=clock, lead_id=lead, target="first_contact", at=due,
        noted_at=due, staff_id=owner, cause=cause,
    )  # fmt: skip


def board(app: TestApp, session: Session, who: str = "manager", *, wall: bool = False) -> Leaderboard:
    now = app.clock.now()
    return leaderboard.read(session, actor(session, who), app.reference, today(now), Scope(), wall)


def row(found: Leaderboard, name: str) -> Person:
    return next(one for one in found.people if one.name.startswith(name))


def test_a_row_has_contacts_times_on_time_and_what_it_brought(app: TestApp) -> None:
    """Maya reached after 2, 4 and 12 minutes and never: median 4, slowest tenth 12, on time 2 of 4, 1 of 3 booked."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        for minutes in (2, 4, 12, None):
            booked = start + 30 * MINUTE if minutes == 2 else None
            lead_of(session, patient, "frontdesk", start, minutes, booked_at=booked)
        found = row(board(app, session), "Maya")
    assert found.times is not None
    assert (found.times.median, found.times.slowest) == pytest.approx((240, 720), abs=0.01)
    assert (found.leads, found.contacted, found.due, found.on_time, found.never) == (4, 3, 4, 2, 1)
    assert (found.booked, found.seen, found.rank) == (1, 1, None)


def test_who_reaches_what_a_colleague_was_late_with_is_not_charged_for_it(app: TestApp) -> None:
    """Jordan had it as its target passed, Maya took it over and reached it at minute 40: the miss is Jordan's alone."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        lead = lead_of(session, patient, "jordan", start, None)
        maya = staff_id(session, "frontdesk")
        later = start + 30 * MINUTE
        put(
            session, assignments, id=new_id(later), lead_id=lead, staff_id=maya, at=later,
            rule="Taken by Maya Torres", trace=[],
        )  # fmt: skip
        found = board(app, session)
    assert [(one.name, one.due, one.on_time) for one in found.people] == [("Jordan Blake", 1, 0)]


def test_in_time_counts_for_who_made_it(app: TestApp) -> None:
    """Jordan's lead, reached by Maya in two minutes: it is Maya's."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        lead = add_lead(
            session, add_patient(session, start), start, owner_id=staff_id(session, "jordan"),
            attempted_at=start + 2 * MINUTE,
        )  # fmt: skip
        maya = staff_id(session, "frontdesk")
        add_clock(
            session, lead, start, start + 10 * MINUTE, state="met", ended_at=start + 2 * MINUTE, ended_by=maya
        )
        found = board(app, session)
    assert [(one.name, one.on_time) for one in found.people] == [("Maya Torres", 1)]


def test_a_night_does_not_count_in_business_time_and_does_on_the_wall(app: TestApp) -> None:
    """Sent on Sunday at 16:50, ten minutes before closing, reached on Monday at 8:05: 15 minutes, or 15 h 15."""
    sunday, monday = (app.clock.now() - timedelta(hours=17, minutes=10), app.clock.now() - 115 * MINUTE)
    with app.db.write() as session:
        minutes = (monday - sunday) / MINUTE
        lead_of(session, add_patient(session, sunday), "frontdesk", sunday, minutes)
        open_, wall = board(app, session).everyone.times, board(app, session, wall=True).everyone.times
    assert open_ is not None
    assert wall is not None
    assert (open_.median, wall.median) == pytest.approx((15 * 60, minutes * 60), abs=0.01)


def test_front_desk_sees_its_own_row_and_the_sums_and_no_colleague(app: TestApp) -> None:
    """No rank, which would tell of others, and no name but their own, wherever one looks."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        lead_of(session, patient, "frontdesk", start, 2)
        lead_of(session, patient, "jordan", start, None)
        found = board(app, session, "frontdesk")
    assert [one.name for one in found.people] == ["Maya Torres"]
    assert (found.everyone.due, found.everyone.on_time, found.own) == (2, 1, True)
    assert "Jordan" not in repr(found)
    assert all(not cause.people for cause in found.causes)


@pytest.mark.parametrize("who", ["marketing", "provider"])
def test_others_are_refused(app: TestApp, who: str) -> None:
    with app.db.read() as session, pytest.raises(Denied):
        board(app, session, who)


def test_a_breach_stays_one_when_the_lead_is_closed(app: TestApp) -> None:
    """Missed, then put away as lost: still a miss with its cause. One that was closed in time counts nowhere."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        due = start + 10 * MINUTE
        for breached in (due, None):
            lead = add_lead(session, patient, start, state="disqualified")
            clock = add_clock(
                session, lead, start, due, state="void", ended_at=due + MINUTE, breached_at=breached
            )
            if breached:
                missed(session, lead, clock, due, None, "nobody_on_shift")
        found = board(app, session)
    assert found.nobody is not None
    assert (found.nobody.leads, found.nobody.due, found.nobody.never) == (2, 1, 1)
    assert sum(cause.many for cause in found.causes) == 1


def test_the_row_of_a_breach_says_whose_it_was_and_why(app: TestApp) -> None:
    """What was noted as it happened counts, whatever one would make of the history now."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        lead = add_lead(session, add_patient(session, start), start, owner_id=staff_id(session, "frontdesk"))
        due = start + 10 * MINUTE
        clock = add_clock(session, lead, start, due, breached_at=due)
        put(
            session, sla_breaches, id=new_id(due), clock_id=clock, lead_id=lead, target="first_contact", at=due,
            noted_at=due, staff_id=staff_id(session, "jordan"), cause="over_capacity",
        )  # fmt: skip
        found = board(app, session)
    assert [one.name for one in found.people] == ["Jordan Blake"]
    assert {cause.code: cause.many for cause in found.causes if cause.many} == {"over_capacity": 1}


def test_a_lead_counts_as_escalated_once_its_team_lead_was_told(app: TestApp) -> None:
    """The first level was carried out for one late lead, and cancelled by contact for the other."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        for state in ("sent", "cancelled"):
            lead = lead_of(session, patient, "jordan", start, 12)
            due = start + 5 * MINUTE
            put(
                session, timed_actions, id=new_id(due), key=f"escalation:{lead}:1:1", kind="escalation", lane=0,
                state=state, due_at=due, planned_for=due, purpose="staff_alert", audience="staff", lead_id=lead,
                conditions=[], variables={}, created_at=start,
            )  # fmt: skip
        found = board(app, session)
    assert (row(found, "Jordan").escalated, found.everyone.escalated) == (1, 1)


def many_leads(app: TestApp, session: Session) -> None:
    """Forty leads of today of every kind: two people, two locations, reached soon, late and never, some booked."""
    start = app.clock.now() - 55 * MINUTE
    patient = add_patient(session, start)
    for number in range(40):
        minutes = None if number % 7 == 0 else (number * 3) % 25 + 0.5
        booked = start + 50 * MINUTE if number % 5 == 1 and minutes is not None else None
        who = ("frontdesk", "jordan")[number % 2]
        place = ("downtown", "westlake")[number % 3 == 0]
        temperature = ("hot", "warm")[number % 2]
        lead_of(
            session, patient, who, start, minutes, booked_at=booked, location=place, temperature=temperature,
            viewed_at=start + 3 * MINUTE if number % 4 else None, value_cents=100_000,
        )  # fmt: skip


def test_sums_are_those_of_the_funnel_and_of_the_sla_monitor(app: TestApp) -> None:
    """Rows add up to everyone, everyone's counts are the funnel's stages, today's times and shares the monitor's."""
    now = app.clock.now()
    with app.db.write() as session:
        many_leads(app, session)
        found = board(app, session)
        me = actor(session, "manager")
        stages = funnel.read(session, me, today(now), Scope(), ZONE).stages
        day = sla_monitor.today(session, me, app.reference, now)[0]
    rows = [*found.people, *([found.nobody] if found.nobody else [])]
    for figure in ("leads", "contacted", "due", "on_time", "never", "booked", "escalated", "seen"):
        assert sum(getattr(one, figure) for one in rows) == getattr(found.everyone, figure)
    everyone, by_stage = found.everyone, dict(zip(STAGES, stages, strict=True))
    assert (everyone.leads, everyone.contacted, everyone.booked) == (
        by_stage["submitted"],
        by_stage["attempted"],
        by_stage["booked"],
    )
    assert everyone.times is not None
    assert (everyone.on_time, everyone.due, everyone.times.many) == (day.on_time, day.due, day.contacts)
    assert everyone.times.median == pytest.approx(day.median, abs=0.01)
    assert sum(cause.many for cause in found.causes) == everyone.due - everyone.on_time
    assert sum(one.of for _, one in found.bands) == everyone.times.many


def fast(app: TestApp, session: Session, who: str = "marketing") -> Speed:
    now = app.clock.now()
    return speed.read(session, actor(session, who), app.reference, today(now), Scope(), False)


def test_speed_speaks_of_the_same_people_as_the_leaderboard_and_the_funnel(app: TestApp) -> None:
    """Within, later and never are all forms; bands, week and median are those who were contacted."""
    now = app.clock.now()
    with app.db.write() as session:
        many_leads(app, session)
        found, everyone = fast(app, session), board(app, session).everyone
        its = funnel.read(session, actor(session, "manager"), today(now), Scope(), ZONE)
    assert found.forms == its.stages[0] == found.within + found.later + found.never
    assert found.never == its.stages[0] - its.stages[STAGES.index("attempted")]
    assert found.person == everyone.times
    assert sum(one.booked.of for one in found.bands) == everyone.contacted
    assert sum(one.booked.part for one in found.bands) == everyone.booked
    assert sum(cell.many for cells in found.grid for cell in cells) == everyone.contacted
    assert sum(found.person_histogram.counts) == everyone.contacted


def test_the_steps_say_where_late_leads_lose_their_time(app: TestApp) -> None:
    """Opened after 8 minutes, called at 12 and talked with at 15; one in time opened at once, called at 1."""
    start = app.clock.now() - 60 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        for tried, seen, spoke in ((12, 8, 15), (1, 0.5, 3)):
            lead_of(
                session, patient, "jordan", start, tried, assigned_at=start, viewed_at=start + seen * MINUTE,
                contacted_at=start + spoke * MINUTE,
            )  # fmt: skip
        found = fast(app, session)
    assert {one.code: (one.within, one.later) for one in found.steps} == {
        "owner": (0, 0),
        "seen": pytest.approx((30, 480), abs=0.01),
        "tried": pytest.approx((30, 240), abs=0.01),
        "talked": pytest.approx((120, 180), abs=0.01),
    }
    assert (found.within, found.later, found.unseen) == (1, 1, 1)
