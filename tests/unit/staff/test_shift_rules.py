"""Who is at work at a moment, until when, and from when again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.hours import Span, WeeklyHours
from core.staff.coverage_rules import day_of, week_of
from core.staff.shift_rules import Rota, duty, end_of, is_at_work, is_away, is_on_shift, outside, shifts

ZONE = ZoneInfo("America/New_York")
HOLIDAY = date(2026, 11, 26)
OPEN = WeeklyHours(ZONE, {day: ((time(8), time(20)),) for day in range(6)}, frozenset({HOLIDAY}))
SPLIT = Rota(
    "p", "downtown", {"0": ["10:00-13:00", "14:00-19:00"], "3": ["09:00-17:00"], "4": ["09:00-17:00"]}
)
MONDAY = 23


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "until", "back_at"),
    [
        (at(MONDAY, 9, 59), None, at(MONDAY, 10)),
        (at(MONDAY, 10), at(MONDAY, 13), None),
        (at(MONDAY, 13), None, at(MONDAY, 14)),
        (at(MONDAY, 18, 59), at(MONDAY, 19), None),
        (at(MONDAY, 19), None, at(27, 9)),  # Thursday is Thanksgiving: closed
        (at(26, 10), None, at(27, 9)),
    ],
)
def test_split_shifts_breaks_and_closed_days(
    moment: datetime, until: datetime | None, back_at: datetime | None
) -> None:
    found = duty(SPLIT, OPEN, moment)
    assert (found.on_shift, found.until, found.back_at) == (until is not None, until, back_at)
    assert is_on_shift(SPLIT, OPEN, moment) == (until is not None)


def test_who_is_planned_on_a_holiday_works_although_the_location_is_closed() -> None:
    planned = replace(SPLIT, days={HOLIDAY: ["10:00-12:00"]})
    assert duty(planned, OPEN, at(26, 11)).until == at(26, 12)


def test_a_date_of_its_own_replaces_the_weekday_and_an_empty_one_is_a_day_off() -> None:
    swapped = replace(SPLIT, days={date(2026, 11, 23): [], date(2026, 11, 24): ["09:00-12:00"]})
    assert duty(swapped, OPEN, at(MONDAY, 10)).back_at == at(24, 9)
    assert not is_on_shift(swapped, OPEN, at(MONDAY, 11))
    assert is_on_shift(swapped, OPEN, at(24, 11))


def test_time_off_ends_a_shift_and_the_next_one_begins_after_it() -> None:
    away = replace(SPLIT, off=[(at(MONDAY, 15), at(27, 12))])
    assert duty(away, OPEN, at(MONDAY, 14, 30)).until == at(MONDAY, 15)
    found = duty(away, OPEN, at(MONDAY, 16))
    assert (found.on_shift, found.on_leave, found.back_at) == (False, True, at(27, 12))
    assert is_away(away, at(MONDAY, 16))
    assert not is_away(away, at(MONDAY, 14, 30))


@pytest.mark.parametrize(
    ("status", "at_work", "away"),
    [("available", True, False), ("busy", True, False), ("break", False, True), ("off_duty", False, True)],
)
def test_on_a_break_or_off_duty_nobody_is_at_work(status: str, at_work: bool, away: bool) -> None:
    chosen = replace(SPLIT, status=status)
    assert is_at_work(chosen, OPEN, at(MONDAY, 11)) is at_work
    assert is_away(chosen, at(MONDAY, 11)) is away
    assert duty(chosen, OPEN, at(MONDAY, 11)).on_shift


def test_a_break_ends_by_itself_at_its_minute() -> None:
    paused = replace(SPLIT, status="break", status_until=at(MONDAY, 11, 20))
    assert not is_at_work(paused, OPEN, at(MONDAY, 11, 19))
    assert is_at_work(paused, OPEN, at(MONDAY, 11, 20))
    assert duty(paused, OPEN, at(MONDAY, 11, 20)).status_until is None


def test_a_status_nobody_takes_back_ends_with_the_day_also_when_clocks_change() -> None:
    """Who forgot to come back is back tomorrow; the night of 1 November has 25 hours."""
    assert end_of("available", 30, ZONE, at(MONDAY, 11)) is None
    assert end_of("break", 15, ZONE, at(MONDAY, 11)) == at(MONDAY, 11, 15)
    assert end_of("off_duty", None, ZONE, at(MONDAY, 11)) == at(24, 0)
    assert end_of("off_duty", None, ZONE, datetime(2026, 11, 1, 4, 30, tzinfo=UTC)) == at(2, 0)


def test_who_never_works_or_is_away_for_good_is_never_back_and_the_answer_comes_at_once() -> None:
    never = replace(SPLIT, hours={"0": []})
    assert duty(never, OPEN, at(MONDAY, 10)).back_at is None
    for_ever = replace(SPLIT, off=[(at(MONDAY, 0), datetime(9999, 1, 1, tzinfo=UTC))])
    assert duty(for_ever, OPEN, at(MONDAY, 10)).back_at is None
    assert duty(SPLIT, replace(OPEN, closed=_Always()), at(MONDAY, 10)).back_at is None


class _Always:
    def __contains__(self, _day: object) -> bool:
        return True


SPANS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 90)).map(lambda one: (one[0], one[0] + one[1])), max_size=5
)


@given(SPANS, SPANS)
def test_what_is_left_outside_of_holes_is_what_a_minute_by_minute_look_finds(
    spans: list[tuple[int, int]], holes: list[tuple[int, int]]
) -> None:
    def moments(pairs: list[tuple[int, int]]) -> list[Span]:
        return [(_minute(a), _minute(b)) for a, b in pairs]

    left = outside(moments(spans), moments(holes))
    for minute in range(500):
        wanted = any(a <= minute < b for a, b in spans) and not any(a <= minute < b for a, b in holes)
        assert any(a <= _minute(minute) < b for a, b in left) is wanted


def _minute(number: int) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number)


@given(st.integers(0, 21 * 24 * 4), SPANS)
def test_the_quick_look_and_the_whole_answer_agree_around_both_nights_of_a_change(
    quarter: int, leave: list[tuple[int, int]]
) -> None:
    begins = datetime(2026, 10, 25, tzinfo=UTC)
    night = Rota("n", "", {str(day): ["00:00-02:30", "18:00-24:00"] for day in range(7)})
    person = replace(
        night, off=[(begins + timedelta(hours=a), begins + timedelta(hours=b)) for a, b in leave]
    )
    moment = begins + timedelta(minutes=15 * quarter)
    assert is_on_shift(person, OPEN, moment) == duty(person, OPEN, moment).on_shift


def test_the_shifts_of_a_week_come_in_order() -> None:
    found = shifts(SPLIT, OPEN, at(MONDAY, 0))
    assert [next(found) for _ in range(3)] == [
        (at(MONDAY, 10), at(MONDAY, 13)),
        (at(MONDAY, 14), at(MONDAY, 19)),
        (at(27, 9), at(27, 17)),
    ]


def test_a_gap_is_where_a_location_is_open_and_nobody_is_on_shift() -> None:
    early = Rota("e", "downtown", {"0": ["08:00-10:30"]})
    found = day_of(OPEN, [SPLIT, early], date(2026, 11, 23))
    assert found.open == [(at(MONDAY, 8), at(MONDAY, 20))]
    assert found.gaps == [(at(MONDAY, 13), at(MONDAY, 14)), (at(MONDAY, 19), at(MONDAY, 20))]
    closed = day_of(OPEN, [SPLIT], HOLIDAY)
    assert (closed.open, closed.gaps) == ([], [])
    assert day_of(OPEN, [], date(2026, 11, 24)).gaps == [(at(24, 8), at(24, 20))]
    assert week_of(date(2026, 11, 26))[0] == date(2026, 11, 23)
