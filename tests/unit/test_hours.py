"""Hours and windows across days, holidays and changes of daylight saving."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.hours import Span, WeeklyHours, Window, around_the_clock, at, parse_window, read_window

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = WeeklyHours(
    NEW_YORK, {day: ((time(9), time(17)),) for day in range(5)}, frozenset({date(2026, 11, 26)})
)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def week(*spans: str, zone: ZoneInfo = NEW_YORK) -> WeeklyHours:
    windows = tuple(parse_window(span, over_midnight=True) for span in spans)
    return WeeklyHours(zone, dict.fromkeys(range(7), windows))


def test_a_holiday_and_a_weekend_are_skipped() -> None:
    assert NINE_TO_FIVE.next_open(local(25, 18)) == local(27, 9)
    assert NINE_TO_FIVE.next_open(local(27, 18)) == local(30, 9)


def test_an_open_moment_is_its_own_next_opening() -> None:
    assert NINE_TO_FIVE.is_open(local(23, 9))
    assert not NINE_TO_FIVE.is_open(local(23, 17))


def test_round_the_clock_is_open_at_every_moment_midnight_and_the_one_before_it_too() -> None:
    always = around_the_clock(NEW_YORK)
    midnight = local(24, 0)
    for moment in (midnight, midnight - timedelta(microseconds=1), midnight + timedelta(microseconds=1)):
        assert always.is_open(moment)
    assert always.on(date(2026, 11, 23)) == [(local(23, 0), local(24, 0))]


def test_a_date_has_its_own_hours_in_place_of_its_weekdays() -> None:
    short, extra, shut = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 25)
    days = {short: ((time(10), time(12)),), extra: ((time(9), time(13)),), shut: ()}
    hours = WeeklyHours(NEW_YORK, NINE_TO_FIVE.windows, days=days)
    assert hours.on(short) == [(local(24, 10), local(24, 12))]
    assert hours.on(extra) == [(local(28, 9), local(28, 13))]
    assert hours.on(shut) == []


def test_a_closed_day_that_has_hours_of_its_own_opens_for_them() -> None:
    hours = WeeklyHours(
        NEW_YORK, NINE_TO_FIVE.windows, NINE_TO_FIVE.closed, {date(2026, 11, 26): ((time(9), time(11)),)}
    )
    assert hours.next_open(local(25, 18)) == local(26, 9)


def test_nobody_works_on_a_date_on_which_the_place_is_closed() -> None:
    place = WeeklyHours(NEW_YORK, {}, NINE_TO_FIVE.closed, {date(2026, 11, 25): ()})
    hers = place.of_somebody({day: ((time(8), time(12)),) for day in range(7)})
    assert hers.on(date(2026, 11, 25)) == hers.on(date(2026, 11, 26)) == []
    assert hers.on(date(2026, 11, 27)) == [(local(27, 8), local(27, 12))]


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    friday = WeeklyHours(NEW_YORK, {4: (parse_window("22:00-02:00", over_midnight=True),)})
    assert friday.on(date(2026, 11, 27)) == [(local(27, 22), local(28, 2))]
    assert friday.is_open(local(28, 1, 59))
    assert not friday.is_open(local(28, 2))
    assert not friday.is_open(local(27, 1))


def test_windows_that_overlap_or_touch_count_once() -> None:
    assert week("09:00-13:00", "12:00-15:00", "15:00-16:00").on(date(2026, 11, 23)) == [
        (local(23, 9), local(23, 16))
    ]
    spans = list(zip(range(3), week("20:00-04:00", "03:00-05:00").spans_from(local(23, 21)), strict=False))
    assert [span for _, span in spans] == [
        (local(23, 21), local(24, 4)),
        (local(24, 4), local(24, 5)),
        (local(24, 20), local(25, 4)),
    ]


def test_a_window_that_daylight_saving_shortens_still_opens() -> None:
    night_shift = WeeklyHours(NEW_YORK, {6: ((time(1, 30), time(4)),)})
    opens = night_shift.next_open(utc(3, 8, 5))
    assert opens == utc(3, 8, 6, 30)
    assert night_shift.on(date(2026, 3, 8))[0][1] - opens == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        (date(2026, 3, 8), "00:00-24:00", [(utc(3, 8, 5), utc(3, 9, 4))]),  # 23 hours
        (date(2026, 11, 1), "00:00-24:00", [(utc(11, 1, 4), utc(11, 2, 5))]),  # 25 hours
        (date(2026, 3, 8), "02:30-04:00", [(utc(3, 8, 7), utc(3, 8, 8))]),  # the wall goes from 2:00 to 3:00
        (date(2026, 3, 8), "01:00-02:30", [(utc(3, 8, 6), utc(3, 8, 7))]),
        (date(2026, 3, 8), "02:10-02:50", []),
        (date(2026, 11, 1), "00:30-03:00", [(utc(11, 1, 4, 30), utc(11, 1, 8))]),
        (
            date(2026, 11, 1),
            "01:30-03:00",
            [(utc(11, 1, 5, 30), utc(11, 1, 6)), (utc(11, 1, 6, 30), utc(11, 1, 8))],
        ),
        (date(2026, 3, 7), "22:00-02:00", [(utc(3, 8, 3), utc(3, 8, 7))]),
        (date(2026, 10, 31), "22:00-02:00", [(utc(11, 1, 2), utc(11, 1, 7))]),  # five hours
    ],
)
def test_it_is_open_exactly_while_the_wall_shows_a_time_inside_the_window(
    day: date, span: str, expected: list[Span]
) -> None:
    assert week(span).on(day) == expected


def test_a_wall_time_that_is_skipped_becomes_the_moment_after_the_gap() -> None:
    assert at(date(2026, 3, 8), time(2, 30), NEW_YORK) == utc(3, 8, 7, 30)


def test_hours_that_never_open_have_no_next_opening() -> None:
    assert WeeklyHours(NEW_YORK, {}).next_open(local(23, 9)) is None
    assert (
        WeeklyHours(NEW_YORK, {}, days={date(2020, 1, 1): ((time(9), time(17)),)}).next_open(local(23, 9))
        is None
    )


def test_a_window_ends_at_midnight_where_it_says_24() -> None:
    assert parse_window("00:00-24:00") == (time(0), time(0))
    assert parse_window("18:00 - 24:00") == (time(18), time(0))
    assert read_window("22:00", "02:00", over_midnight=True) == (time(22), time(2))


@pytest.mark.parametrize(
    "text", ["17:00-09:00", "09:00-09:00", "9-17x", "", "09:00", "24:00-09:00", "09:00-25:00"]
)
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"open before|Invalid|must be in"):
        parse_window(text)


def test_a_window_that_is_empty_is_refused_over_midnight_too() -> None:
    with pytest.raises(ValueError, match="open before"):
        read_window("09:00", "09:00", over_midnight=True)


# What follows walks minute by minute over a wall clock, as a person would, and knows nothing of the product's spans.
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("America/New_York", "America/Phoenix", "America/St_Johns", "Australia/Lord_Howe")
    ]
)
CHANGES = (
    datetime(2026, 3, 7, 12, tzinfo=UTC),
    datetime(2026, 10, 31, 12, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
)
STARTS = st.tuples(st.sampled_from(CHANGES), st.integers(0, 30 * 60)).map(
    lambda pair: pair[0] + timedelta(minutes=pair[1])
)
WINDOWS = st.tuples(st.integers(0, 95), st.integers(0, 95)).map(
    lambda pair: (time(pair[0] // 4, pair[0] % 4 * 15), time(pair[1] // 4, pair[1] % 4 * 15))
)
WEEKS = st.dictionaries(st.integers(0, 6), st.lists(WINDOWS, max_size=2), max_size=7)
DATES = st.dictionaries(
    st.integers(0, 3).flatmap(
        lambda n: st.sampled_from([change.date() + timedelta(days=n) for change in CHANGES])
    ),
    st.lists(WINDOWS, max_size=2),
    max_size=2,
)


def walked(hours: WeeklyHours, minute: datetime) -> bool:
    """Whether a wall clock shows a time inside a window of its day, or of the day before that lasts into it."""
    wall = minute.astimezone(hours.zone)
    today, clock = wall.date(), wall.time()
    return any(
        opens <= clock and (opens >= closes or clock < closes) for opens, closes in windows_of(hours, today)
    ) or any(
        opens >= closes and clock < closes for opens, closes in windows_of(hours, today - timedelta(days=1))
    )


def windows_of(hours: WeeklyHours, day: date) -> Sequence[Window]:
    own: Mapping[date, Sequence[Window]] = hours.days
    return own[day] if day in own else hours.windows.get(day.weekday(), ())


@given(ZONES, WEEKS, DATES, STARTS)
def test_spans_are_what_a_walk_over_the_wall_clock_finds(
    zone: ZoneInfo, windows: dict[int, list[Window]], days: dict[date, list[Window]], start: datetime
) -> None:
    hours = WeeklyHours(zone, windows, days=days)
    minutes = [start + timedelta(minutes=n) for n in range(0, 36 * 60, 5)]
    spans: list[Span] = []
    for span in hours.spans_from(start):
        if span[0] > minutes[-1]:
            break
        assert span[0] < span[1]
        assert not spans or spans[-1][1] <= span[0]
        spans.append(span)
    assert [any(opens <= minute < closes for opens, closes in spans) for minute in minutes] == [
        walked(hours, minute) for minute in minutes
    ]


def test_a_window_that_ends_in_the_hour_that_comes_twice_takes_nothing_from_the_next_day() -> None:
    """Saturday from 1:15 round the clock, Sunday the whole day: nowhere in that night it is closed."""
    day_long = {5: [(time(1, 15), time(1, 15))], 6: [(time(0), time(0))]}
    hours = WeeklyHours(ZoneInfo("America/New_York"), day_long)
    for minutes in range(0, 120, 5):
        moment = datetime(2026, 11, 1, 4, 30, tzinfo=UTC) + timedelta(minutes=minutes)
        assert hours.is_open(moment), moment
