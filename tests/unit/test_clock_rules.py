"""When a clock is due, in opening hours and with pauses: compared with a walk over every minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.hours import NEVER as NEVER_DUE
from core.domain.hours import WeeklyHours, Window, around_the_clock
from core.sla.rules import Pause, Policy, due_after, due_after_pause, due_at, open_time

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = WeeklyHours(
    NEW_YORK, {day: ((time(9), time(17)),) for day in range(5)}, frozenset({date(2026, 11, 26)})
)
NEVER = WeeklyHours(NEW_YORK, {})
MINUTE = timedelta(minutes=1)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def test_time_outside_opening_hours_does_not_count() -> None:
    assert due_after(NINE_TO_FIVE, local(23, 16, 50), 15 * MINUTE) == local(24, 9, 5)


def test_time_that_is_up_as_the_clinic_closes_is_up_then_and_not_the_next_morning() -> None:
    assert due_after(NINE_TO_FIVE, local(23, 16, 50), 10 * MINUTE) == local(23, 17)


def test_no_time_at_all_is_due_at_once() -> None:
    assert due_after(NINE_TO_FIVE, local(23, 3), timedelta()) == local(23, 3)


def test_a_night_with_25_hours_has_25_hours_to_the_second() -> None:
    evening = datetime(2026, 10, 31, 22, tzinfo=NEW_YORK).astimezone(UTC)
    assert due_after(around_the_clock(NEW_YORK), evening, timedelta(hours=12)) == evening + timedelta(
        hours=12
    )


def test_a_clock_that_runs_round_the_clock_loses_nothing_in_a_year_of_midnights() -> None:
    start = local(23, 10)
    assert due_after(around_the_clock(NEW_YORK), start, timedelta(days=366)) == start + timedelta(days=366)
    assert open_time(around_the_clock(NEW_YORK), start, start + timedelta(days=366)) == timedelta(days=366)


def test_a_clock_of_hours_that_never_open_says_never_and_no_pause_makes_it_count() -> None:
    """However it is asked, it ends at once: no walk through the years up to a day that never comes."""
    assert due_after(NEVER, local(23, 9), 5 * MINUTE) is None
    policy = Policy("first_contact", "Any lead", {}, 5 * MINUTE)
    assert due_at(policy, NEVER, local(23, 9)) == NEVER_DUE
    assert due_at(replace(policy, at_any_hour=True), NEVER, local(23, 9)) == local(23, 9, 5)
    assert due_after_pause(NINE_TO_FIVE, NEVER_DUE, local(23, 9, 1), local(23, 10)) == NEVER_DUE
    assert due_after_pause(NEVER, local(23, 9, 5), local(23, 9, 1), local(23, 10)) == local(23, 10, 4)


def test_a_pause_takes_its_opening_time_away_and_one_without_an_end_everything() -> None:
    paused = (local(23, 16, 55), local(24, 9, 30))
    assert due_after(NINE_TO_FIVE, local(23, 16, 50), 15 * MINUTE, [paused]) == local(24, 9, 40)
    assert due_after(NINE_TO_FIVE, local(23, 16, 50), 15 * MINUTE, [(local(23, 16, 55), None)]) is None
    assert due_after(NINE_TO_FIVE, local(23, 16, 50), 5 * MINUTE, [(local(23, 16, 55), None)]) == local(
        23, 16, 55
    )


def test_a_paused_clock_goes_on_with_what_it_had_left_of_the_day() -> None:
    assert due_after_pause(NINE_TO_FIVE, local(24, 9, 5), local(23, 16, 55), local(25, 22)) == local(
        27, 9, 10
    )
    assert due_after_pause(NINE_TO_FIVE, local(23, 12), local(23, 13), local(24, 9)) == local(23, 12)


# Slow and plain: every minute is looked at on the wall clock.
CHANGES = (datetime(2026, 3, 6, 12, tzinfo=UTC), datetime(2026, 10, 30, 12, tzinfo=UTC))
OFFSETS = st.integers(0, 72 * 60)
WINDOWS = st.tuples(st.integers(0, 47), st.integers(0, 47)).map(
    lambda pair: (time(pair[0] // 2, pair[0] % 2 * 30), time(pair[1] // 2, pair[1] % 2 * 30))
)
WEEKS = st.dictionaries(st.integers(0, 6), st.lists(WINDOWS, max_size=2), min_size=2, max_size=7)
DATES = st.dictionaries(
    st.sampled_from([change.date() + timedelta(days=n) for change in CHANGES for n in range(4)]),
    st.lists(WINDOWS, max_size=1),
    max_size=2,
)
PAUSES = st.lists(st.tuples(OFFSETS, st.none() | st.integers(0, 12 * 60)), max_size=3)


def counts(hours: WeeklyHours, pauses: list[Pause], minute: datetime) -> bool:
    wall = minute.astimezone(hours.zone)
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    own = {day: hours.days.get(day, hours.windows.get(day.weekday(), ())) for day in (today, yesterday)}
    opened = any(
        opens <= wall.time() and (opens >= closes or wall.time() < closes) for opens, closes in own[today]
    )
    lasts = any(opens >= closes and wall.time() < closes for opens, closes in own[yesterday])
    paused = any(start <= minute and (end is None or minute < end) for start, end in pauses)
    return (opened or lasts) and not paused


@given(
    WEEKS, DATES, st.sampled_from(CHANGES), OFFSETS, st.integers(1, 24 * 60), PAUSES,
)  # fmt: skip
def test_a_due_time_is_what_a_walk_over_every_minute_finds(
    windows: dict[int, list[Window]],
    days: dict[date, list[Window]],
    change: datetime,
    offset: int,
    minutes: int,
    pauses: list[tuple[int, int | None]],
) -> None:
    hours, start = WeeklyHours(NEW_YORK, windows, days=days), change + offset * MINUTE
    stops = [
        (change + begun * MINUTE, None if lasted is None else change + (begun + lasted) * MINUTE)
        for begun, lasted in pauses
    ]
    left, moment, horizon = minutes, start, start + timedelta(days=3)
    while left and moment < horizon:
        left -= counts(hours, stops, moment)
        moment += MINUTE
    due = due_after(hours, start, minutes * MINUTE, stops)
    passed = open_time(hours, start, moment, stops)
    assert passed == (minutes - left) * MINUTE
    assert due == moment if not left else due is None or due > horizon


@given(st.sampled_from(CHANGES), OFFSETS, st.integers(1, 600), st.integers(0, 600), OFFSETS)
def test_resuming_a_clock_gives_it_the_same_due_time_as_one_whose_pause_was_known(
    change: datetime, offset: int, minutes: int, ran: int, paused: int
) -> None:
    """What the product computes step by step is what `due_after` says at once."""
    start = change + offset * MINUTE
    paused_at, resumed_at = start + ran * MINUTE, start + (ran + paused) * MINUTE
    due = due_after(NINE_TO_FIVE, start, minutes * MINUTE)
    assert due
    known = due_after(NINE_TO_FIVE, start, minutes * MINUTE, [(paused_at, resumed_at)])
    assert due_after_pause(NINE_TO_FIVE, due, paused_at, resumed_at) == known


# Change nights of an hour, of half an hour, on the other half of the year, at midnight, and none at all.
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kolkata",
)
YEARS = st.integers(2015, 2037)
SOMEWHEN = st.integers(0, 365 * 24 * 60)


@cache
def changes(zone: str, year: int) -> tuple[datetime, ...]:
    """The hours before the clocks of a zone change in a year, and its first day where they never do."""
    first, there = datetime(year, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    hours = [first + timedelta(hours=number) for number in range(366 * 24)]
    offsets = [hour.astimezone(there).utcoffset() for hour in hours]
    found = [
        hour for hour, before, after in zip(hours, offsets, offsets[1:], strict=False) if before != after
    ]
    return tuple(found) or (first,)


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    YEARS,
    st.integers(0, 1),
    st.integers(-30 * 60, 30 * 60),
    WEEKS,
    st.integers(1, 900),
)
def test_in_every_zone_and_year_a_change_night_counts_its_real_minutes(
    zone: str, year: int, which: int, offset: int, windows: dict[int, list[Window]], minutes: int
) -> None:
    """Some 60 nights of 23 years in six zones, walked through minute by minute."""
    nights = changes(zone, year)
    start = nights[which % len(nights)] + offset * MINUTE
    hours = WeeklyHours(ZoneInfo(zone), windows)
    left, moment, horizon = minutes, start, start + timedelta(days=2)
    while left and moment < horizon:
        left -= counts(hours, [], moment)
        moment += MINUTE
    due = due_after(hours, start, minutes * MINUTE)
    assert open_time(hours, start, moment) == (minutes - left) * MINUTE
    assert due == moment if not left else due is None or due > horizon


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES), YEARS, SOMEWHEN, WEEKS, st.integers(1, 90 * 24 * 60), st.integers(1, 90 * 24 * 60)
)
def test_over_years_two_stretches_of_time_are_as_long_as_both_together(
    zone: str, year: int, offset: int, windows: dict[int, list[Window]], first: int, second: int
) -> None:
    """Half a year of open minutes, which is years of a clinic that opens little: none lost, none counted twice."""
    hours, start = WeeklyHours(ZoneInfo(zone), windows), datetime(year, 1, 1, tzinfo=UTC) + offset * MINUTE
    middle = due_after(hours, start, first * MINUTE)
    whole = due_after(hours, start, (first + second) * MINUTE)
    if middle is None or whole is None:
        assert not any(hours.windows.values())
        return
    assert due_after(hours, middle, second * MINUTE) == whole
    assert open_time(hours, start, whole) == (first + second) * MINUTE
    assert open_time(hours, start, middle) + open_time(hours, middle, whole) == (first + second) * MINUTE


@given(OFFSETS, st.integers(1, 600), OFFSETS, OFFSETS)
def test_a_clock_at_any_hour_gets_exactly_as_much_time_as_it_stood_still(
    offset: int, minutes: int, ran: int, paused: int
) -> None:
    start = CHANGES[0] + offset * MINUTE
    due, paused_at = start + minutes * MINUTE, start + ran * MINUTE
    found = due_after_pause(NINE_TO_FIVE, due, paused_at, paused_at + paused * MINUTE, at_any_hour=True)
    assert found == (due if due <= paused_at else due + paused * MINUTE)
