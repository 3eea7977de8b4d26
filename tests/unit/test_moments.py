"""Moments as people name them, on a clinic's wall that changes its clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.domain import moments
from core.domain.errors import InvalidInput
from core.domain.hours import WeeklyHours
from core.leads import call_rules
from core.reference import load_reference

ZONE = ZoneInfo("America/New_York")
WEEKDAYS = {day: ((time(8), time(20)),) for day in range(5)}
HOURS = WeeklyHours(ZONE, WEEKDAYS, frozenset({date(2026, 11, 26)}))
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 AM


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_the_common_choices_of_a_monday_morning() -> None:
    found = {one.code: one.at for one in moments.choices(HOURS, MONDAY)}
    assert found == {
        "1h": at(23, 11),
        "3h": at(23, 13),
        "afternoon": at(23, 14),
        "tomorrow": at(24, 9),
        "monday": at(30, 9),
    }


def test_this_afternoon_is_not_offered_when_it_is_over() -> None:
    codes = [one.code for one in moments.choices(HOURS, at(23, 15))]
    assert "afternoon" not in codes
    with pytest.raises(InvalidInput, match="enter a date and a time"):
        moments.named("afternoon", HOURS, at(23, 15))


def test_a_choice_at_which_nobody_is_there_says_so() -> None:
    """Tomorrow is Thanksgiving."""
    tomorrow = {one.code: one.closed for one in moments.choices(HOURS, at(25, 10))}["tomorrow"]
    assert tomorrow == "We are closed then. We open Fri Nov 27, 8:00 AM."


@pytest.mark.parametrize(
    ("day", "wall", "moment"),
    [
        ("2027-01-04", "14:30", datetime(2027, 1, 4, 19, 30, tzinfo=UTC)),
        ("2027-03-14", "02:30", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),  # that hour is skipped: 3:30 it is
        ("2026-11-01", "01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # comes twice: the first
    ],
)
def test_a_date_and_a_time_are_the_clinics_wall(day: str, wall: str, moment: datetime) -> None:
    assert moments.on_the_wall(day, wall, HOURS) == moment


@pytest.mark.parametrize(
    ("day", "wall", "field"),
    [
        ("", "14:30", "date"),
        ("4 Jan", "14:30", "date"),
        ("2027-01-04", "2 PM", "time"),
        ("2027-01-04", "14:30Z", "time"),
    ],
)
def test_what_is_no_date_or_time_is_refused_by_its_field(day: str, wall: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moments.on_the_wall(day, wall, HOURS)
    assert refused.value.errors[0].field == field


@given(
    some.integers(0, 2 * 365 * 24 * 60),
    some.integers(1, 4),
)
def test_the_next_try_is_later_and_never_while_the_clinic_is_closed(minute: int, tries: int) -> None:
    """Whatever the hour, the day or the change of the clock in two years."""
    called_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    plan = load_reference(ZONE).call_plan
    found = call_rules.next_try(plan, tries, HOURS, called_at)
    assert found is not None
    assert found > called_at
    assert HOURS.is_open(found)


def test_after_the_last_try_there_is_no_next() -> None:
    plan = load_reference(ZONE).call_plan
    assert call_rules.next_try(plan, len(plan) + 1, HOURS, MONDAY) is None


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1969-12-31", "3000-01-01", "99991231"])
def test_days_at_the_calendars_edges_are_no_moments(day: str) -> None:
    """Fuzzing: what lies before the first or behind the last day of Python's calendar raised an overflow."""
    with pytest.raises(InvalidInput) as refused:
        moments.on_the_wall(day, "23:59", HOURS)
    assert refused.value.errors[0].field == "date"
    for still in ("1970-01-01", "2999-12-31"):
        moments.closed_words(HOURS, moments.on_the_wall(still, "23:59", HOURS))
