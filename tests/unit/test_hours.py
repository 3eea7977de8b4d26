"""Hours and windows across days, holidays and changes of daylight saving."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.hours import WeeklyHours, around_the_clock, at, parse_window

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = WeeklyHours(
    NEW_YORK, {day: ((time(9), time(17)),) for day in range(5)}, frozenset({date(2026, 11, 26)})
)

MOMENTS = st.integers(min_value=0, max_value=2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def test_time_outside_opening_hours_does_not_count() -> None:
    assert NINE_TO_FIVE.add(local(23, 16, 50), timedelta(minutes=15)) == local(24, 9, 5)


def test_a_holiday_and_a_weekend_are_skipped() -> None:
    assert NINE_TO_FIVE.next_open(local(25, 18)) == local(27, 9)
    assert NINE_TO_FIVE.next_open(local(27, 18)) == local(30, 9)


def test_an_open_moment_is_its_own_next_opening() -> None:
    assert NINE_TO_FIVE.is_open(local(23, 9))
    assert not NINE_TO_FIVE.is_open(local(23, 17))


def test_a_night_with_25_hours_has_25_hours() -> None:
    always = around_the_clock(NEW_YORK)
    evening = datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK).astimezone(UTC)
    assert (always.add(evening, timedelta(hours=12)) - evening) - timedelta(hours=12) < timedelta(seconds=1)


def test_a_window_that_daylight_saving_shortens_still_opens() -> None:
    night_shift = WeeklyHours(NEW_YORK, {6: ((time(1, 30), time(4)),)})
    opens = night_shift.next_open(datetime(2026, 3, 8, 5, 0, tzinfo=UTC))
    assert opens == datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert night_shift.on(date(2026, 3, 8))[0][1] - opens == timedelta(hours=1, minutes=30)


def test_a_wall_time_that_is_skipped_becomes_the_moment_after_the_gap() -> None:
    assert at(date(2026, 3, 8), time(2, 30), NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_hours_that_never_open_still_give_a_clock_its_end() -> None:
    never = WeeklyHours(NEW_YORK, {})
    assert never.next_open(local(23, 9)) is None
    assert never.add(local(23, 9), timedelta(minutes=5)) == local(23, 9, 5)


@pytest.mark.parametrize("text", ["17:00-09:00", "9-17x", "", "09:00"])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"open before|Invalid"):
        parse_window(text)


@given(
    MOMENTS,
    st.integers(min_value=1, max_value=60 * 24 * 5),
)
def test_a_due_time_is_always_inside_opening_hours_and_never_early(moment: datetime, minutes: int) -> None:
    span = timedelta(minutes=minutes)
    due = NINE_TO_FIVE.add(moment, span)
    assert due - moment >= span
    assert NINE_TO_FIVE.is_open(due - timedelta(seconds=1))
