"""Medians, tenths, bands and like for like, each worked out by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.hours import WeeklyHours
from core.reads.leaderboard import Person, ranked
from core.reads.parts.speed_figures import (
    FOUR_BANDS,
    Times,
    difference,
    histogram,
    like_for_like,
    mean,
    mix,
    rate,
    times,
)
from core.sla.open_table import OpenTable
from core.sla.rules import open_time

ZONE = ZoneInfo("America/New_York")
SPLIT = WeeklyHours(
    ZONE,
    {day: ((time(8), time(12)), (time(13, 30), time(18))) for day in range(5)},
    frozenset({date(2026, 11, 26)}),
)
FIRST, LAST = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
MOMENTS = st.floats(-19, 60).map(lambda days: FIRST + timedelta(days=days))


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=12)))
def test_the_table_counts_the_opening_time_that_a_clock_counts(start: datetime, span: timedelta) -> None:
    """Over the night in which clocks go back, a holiday, lunch, and moments that lie outside the table."""
    found = OpenTable(SPLIT, FIRST, LAST).seconds(start.timestamp(), (start + span).timestamp())
    expected = (open_time(SPLIT, start, start + span) or span).total_seconds()
    assert found == pytest.approx(expected, abs=0.001)


def test_the_slowest_tenth_begins_at_a_value_that_somebody_had() -> None:
    """Of 1 to 10 minutes the median is 5.5; nine of ten took 9 or less. Of one, both are that one."""
    found = times([60.0 * n for n in range(10, 0, -1)])
    assert found is not None
    assert (found.median, found.slowest, found.many) == (330, 540, 10)
    alone = times([42.0])
    assert alone is not None
    assert (alone.median, alone.slowest) == (42, 42)
    assert times([]) is None


def test_five_minutes_to_the_second_are_still_within_five() -> None:
    """A target is met at its last moment, and so is a band."""
    assert [FOUR_BANDS.of(seconds) for seconds in (0, 300, 300.1, 900, 3600, 3601)] == [0, 0, 1, 1, 2, 3]


def test_like_for_like_weighs_hot_and_cold_as_they_are_among_all() -> None:
    """Fast: 90 hot of which 45 book, 10 cold of which 1. As it was 46 %. Half of all are hot: (50 + 10) / 2 = 30 %."""
    strata = {"hot": rate(45, 90), "cold": rate(1, 10)}
    found = like_for_like(strata, mix({"hot": 100, "cold": 100}))
    assert rate(46, 100).rate == pytest.approx(0.46)
    assert found.rate == pytest.approx(0.30)
    assert (found.part, found.of) == (46, 100)
    assert found.low < 0.30 < found.high


def test_a_temperature_that_is_hardly_there_at_all_is_left_out_of_the_mix() -> None:
    """5 of 100 are cold: hot and warm alone are compared, 60 to 35."""
    assert mix({"hot": 60, "warm": 35, "cold": 5}) == {"hot": 60 / 95, "warm": 35 / 95}
    assert mix({}) == {}


def test_with_one_kind_alone_like_for_like_is_as_it_was() -> None:
    """The interval too."""
    alone = like_for_like({"hot": rate(12, 40)}, {"hot": 1.0})
    assert (alone.rate, alone.low, alone.high) == pytest.approx(
        (rate(12, 40).rate, rate(12, 40).low, rate(12, 40).high)
    )


def test_a_temperature_that_hardly_occurs_is_not_compared() -> None:
    """Two cold leads stand for nobody."""
    found = like_for_like({"hot": rate(20, 40), "cold": rate(1, 2)}, {"hot": 0.5, "cold": 0.5})
    assert found.rate is None
    assert difference(found, rate(1, 2)) is None


def test_a_difference_has_the_ends_that_newcombe_gives() -> None:
    """56 of 70 against 48 of 80 (Newcombe 1998, table II, method 10): 0.20, from 0.0524 to 0.3339."""
    found = difference(rate(56, 70), rate(48, 80))
    assert found == pytest.approx((0.20, 0.0524, 0.3339), abs=0.0001)


def test_an_average_of_one_is_no_figure() -> None:
    """0 and 1,000 dollars: 500, and not below nothing."""
    assert mean([1000.0]).rate is None
    found = mean([0.0, 1000.0])
    assert (found.part, found.of, found.rate, found.low) == (1, 2, 500, 0)


def test_the_goal_is_an_end_of_the_axis_and_nothing_falls_off_it() -> None:
    """Before and after the goal lie on its two sides; a millisecond and a week count at the ends."""
    found = histogram([0.001, 299.0, 300.0, 301.0, 7 * 86_400.0], 300.0)
    goal = next(place for place, end in enumerate(found.ends) if abs(end - 300) < 0.01)
    assert sum(found.counts[:goal]) == 3
    assert sum(found.counts[goal:]) == 2
    assert found.counts[0] == found.counts[-1] == 1


def person(name: str, due: int, median: float, never: int = 0) -> Person:
    """Somebody who reached all but `never` of their leads."""
    many = due - never
    return Person(name, name, "", due, many, Times(median, median, many), due, many, never, 0, 0, 0)


def test_fewer_than_twenty_leads_have_no_rank_and_medians_decide_between_the_rest() -> None:
    """Jordan is faster with 20 leads than Maya with 21; Elena with 19 is the fastest and unranked."""
    found = ranked([person("Elena", 19, 60), person("Maya", 21, 300), person("Jordan", 20, 180)])
    assert [(one.name, one.rank) for one in found] == [("Jordan", 1), ("Maya", 2), ("Elena", None)]


def test_leaving_leads_alone_wins_no_rank() -> None:
    """Jordan calls 20 at once and never the other 5: a median of a minute stands below Maya's five. 2 of 25 is life."""
    found = ranked(
        [person("Jordan", 25, 60, never=5), person("Maya", 25, 300), person("Sam", 25, 240, never=2)]
    )
    assert [one.name for one in found] == ["Sam", "Maya", "Jordan"]
