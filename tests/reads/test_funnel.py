"""The funnel's counts, worked out by hand beside each test."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.errors import Denied
from core.reads import funnel
from core.reads.parts import scopes
from core.reads.parts.periods import period
from core.reads.parts.scopes import Scope
from tests.conftest import TestApp
from tests.factories import actor
from tests.reads.made_up import add_lead, add_patient

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def test_thirty_days_end_today_and_are_compared_with_the_thirty_before() -> None:
    """Days are the clinic's: at 10:00 on November 23 the period began on October 25 at midnight in New York."""
    found = period("30", ZONE, datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    assert found.start == datetime(2026, 10, 25, 4, 0, tzinfo=UTC)  # daylight saving still on
    assert (found.before_first.isoformat(), found.before_last.isoformat()) == ("2026-09-25", "2026-10-24")
    assert found.before_end == datetime(2026, 10, 24, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "first", "before"),
    [
        ("7", "2026-11-17", ("2026-11-10", "2026-11-16")),
        ("month", "2026-11-01", ("2026-10-01", "2026-10-23")),
        ("quarter", "2026-10-01", ("2026-07-01", "2026-08-23")),
        ("nonsense", "2026-10-25", ("2026-09-25", "2026-10-24")),
    ],
)
def test_a_month_is_compared_with_as_many_days_of_the_month_before(
    name: str, first: str, before: tuple[str, str]
) -> None:
    """Half a month is never held against a whole one; an unknown name in the address reads as 30 days."""
    found = period(name, ZONE, datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    assert found.first.isoformat() == first
    assert (found.before_first.isoformat(), found.before_last.isoformat()) == before


def test_a_late_stage_counts_for_every_stage_before_it(app: TestApp) -> None:
    """4 forms: one nobody saw, one seen, one tried, one only marked as treated. Seen 3, attempted 2, treated 1."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        add_lead(session, patient, now - HOUR)
        add_lead(session, patient, now - HOUR, viewed_at=now)
        add_lead(session, patient, now - HOUR, attempted_at=now)
        add_lead(session, patient, now - HOUR, treated_at=now, value_cents=90_000)
        app.clock.advance(HOUR)
        found = funnel.read(
            session, actor(session, "marketing"), period("7", ZONE, app.clock.now()), Scope(), ZONE
        )
    assert dict(zip(scopes.STAGES, found.stages, strict=True)) == {
        "submitted": 4,
        "seen": 3,
        "attempted": 2,
        "replied": 1,
        "qualified": 1,
        "booked": 1,
        "attended": 1,
        "treated": 1,
    }
    assert found.treated_cents == 90_000


def test_a_reply_to_the_machine_is_no_contact_by_a_person(app: TestApp) -> None:
    """Two leads replied, a person had reached one: no stage exceeds the one before."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        add_lead(session, patient, now - HOUR, responded_at=now - HOUR)
        add_lead(session, patient, now - HOUR, responded_at=now - HOUR, attempted_at=now - HOUR)
        found = funnel.read(session, actor(session, "manager"), period("7", ZONE, now), Scope(), ZONE)
    assert found.stages[:4] == (2, 1, 1, 1)


def test_the_period_before_is_counted_as_it_stood_when_it_ended(app: TestApp) -> None:
    """A lead of ten days ago that was booked yesterday was not yet booked when the week before ended."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        created = now - timedelta(days=10)
        add_lead(session, patient, created, attempted_at=created + HOUR, booked_at=now - timedelta(days=1))
        found = funnel.read(session, actor(session, "manager"), period("7", ZONE, now), Scope(), ZONE)
    assert found.stages == (0,) * 8
    assert found.before == (1, 1, 1, 0, 0, 0, 0, 0)


def test_filters_narrow_the_funnel_and_its_table_by_form(app: TestApp) -> None:
    """Of five leads two are Instagram consultation requests at Westlake; one of them is booked for $1,450."""
    now = app.clock.now()
    wanted = {"source": "instagram", "location": "westlake", "form_type": "consultation_request"}
    with app.db.write() as session:
        patient = add_patient(session, now)
        add_lead(session, patient, now - HOUR, **wanted)
        add_lead(session, patient, now - HOUR, **wanted, booked_at=now - HOUR / 2, value_cents=145_000)
        add_lead(session, patient, now - HOUR, **(wanted | {"location": "downtown"}))
        add_lead(session, patient, now - HOUR, **(wanted | {"source": "google"}))
        add_lead(session, patient, now - HOUR, **wanted, treatment="filler")
        scope = Scope(location="westlake", source="instagram", treatment="botox")
        found = funnel.read(session, actor(session, "admin"), period("7", ZONE, now), scope, ZONE)
    assert [(row.form, row.stages[0], row.stages[5], row.booked_cents) for row in found.by_form] == [
        ("consultation_request", 2, 1, 145_000)
    ]


def test_form_to_booking_is_a_median_of_days(app: TestApp) -> None:
    """Booked after 1, 2 and 6 days: the median is 2 days, and none where nothing was booked the week before."""
    now = app.clock.now()
    created = now - timedelta(days=6)
    with app.db.write() as session:
        patient = add_patient(session, now)
        for days in (1, 2, 5.5):
            add_lead(session, patient, created, booked_at=created + timedelta(days=days))
        found = funnel.read(session, actor(session, "manager"), period("7", ZONE, now), Scope(), ZONE)
    assert found.booking_seconds == pytest.approx(2 * 86400, abs=0.01)
    assert found.booking_seconds_before is None


def test_evening_leads_are_told_apart_by_the_clinics_clock(app: TestApp) -> None:
    """23:30 UTC is 6:30 PM in New York in November: evening. 20:30 UTC is the afternoon."""
    now = app.clock.now()
    evening = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with app.db.write() as session:
        patient = add_patient(session, now)
        add_lead(session, patient, evening)
        add_lead(session, patient, evening)
        add_lead(session, patient, evening - 3 * HOUR, attempted_at=evening)
        found = funnel.read(session, actor(session, "manager"), period("7", ZONE, now), Scope(), ZONE)
    assert {slot.name: (slot.forms, slot.attempted) for slot in found.slots} == {
        "evening": (2, 0),
        "day": (1, 1),
    }


def test_front_desk_may_not_read_results(app: TestApp) -> None:
    """The core refuses, whatever the menu shows."""
    with app.db.read() as session, pytest.raises(Denied, match="Marketing"):
        funnel.read(session, actor(session, "frontdesk"), period("7", ZONE, app.clock.now()), Scope(), ZONE)


def test_the_people_whom_nobody_tried_to_reach_are_the_gap_of_the_funnel(app: TestApp) -> None:
    """As many as the counts say, newest first; a reply to the machine is no attempt, a missed call is one."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now, first="Hannah", last="Whitlock")
        add_lead(session, patient, now - 3 * HOUR, responded_at=now - HOUR, source="instagram")
        add_lead(session, patient, now - 2 * HOUR, viewed_at=now - HOUR)
        add_lead(session, patient, now - HOUR, attempted_at=now - HOUR / 2)
        add_lead(session, patient, now - HOUR, booked_at=now - HOUR / 2)
        me, days = actor(session, "manager"), period("7", ZONE, now)
        counts = funnel.read(session, me, days, Scope(), ZONE).stages
        everybody = funnel.untried(session, me, days, Scope(), most=10)
        of_one_source = funnel.untried(session, me, days, Scope(source="instagram"), most=10)
        newest = funnel.untried(session, me, days, Scope(), most=1)
    assert [(one.name, one.source, one.owner) for one in everybody] == [
        ("Hannah Whitlock", "website", ""),
        ("Hannah Whitlock", "instagram", ""),
    ]
    assert len(everybody) == counts[0] - counts[2]
    assert of_one_source == everybody[1:]
    assert newest == everybody[:1]


@pytest.mark.parametrize("username", ["marketing", "frontdesk", "provider"])
def test_names_behind_a_result_want_both_permissions(app: TestApp, username: str) -> None:
    """Results alone show no patient, leads alone no results."""
    now = app.clock.now()
    with app.db.read() as session, pytest.raises(Denied):
        funnel.untried(session, actor(session, username), period("7", ZONE, now), Scope(), most=10)
