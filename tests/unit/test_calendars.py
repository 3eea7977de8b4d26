"""A location's calendar: what is refused before it is published, and how it stands in words."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.setup.calendars import (
    NEVER_OPEN,
    calendar_problems,
    hours_a_week,
    never_opens_in_a_year,
    parse_calendar,
    read_calendar,
    shown_parts,
)
from core.setup.published import shipped_calendars
from core.setup.standing import standing, strip

NEW_YORK = ZoneInfo("America/New_York")
WEEK = {"monday": ["08:00-12:00", "13:00-20:00"], "thursday": ["08:00-20:00"]}
MONDAY_TEN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def body(**changes: Any) -> dict[str, Any]:
    return {"week": WEEK, "holidays": ["Thanksgiving Day"], "days": [], **changes}


def day(moment: str, *periods: str, name: str = "") -> dict[str, Any]:
    return {"date": moment, "periods": list(periods), "name": name}


def every_day_of(year: int, weekday: int) -> list[dict[str, Any]]:
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + ahead) for ahead in range(366))
    return [day(one.isoformat()) for one in days if one.year == year and one.weekday() == weekday]


@pytest.mark.parametrize("slug", shipped_calendars())
def test_what_ships_could_be_published_as_it_is(slug: str) -> None:
    assert calendar_problems(shipped_calendars()[slug]) == []


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no open hour": (body(week={}), "week", NEVER_OPEN),
    "only single dates are open": (body(week={}, days=[day("2026-12-24", "09:00-13:00")]), "week", NEVER_OPEN),
    "every open day of a year is closed": (
        body(week={"monday": ["09:00-17:00"]}, days=every_day_of(2027, 0)), "week", NEVER_OPEN,
    ),
    "overlapping periods": (
        body(week={"monday": ["08:00-12:00", "11:00-17:00"]}), "week.monday", "08:00-12:00 and 11:00-17:00 overlap",
    ),
    "over midnight into the next morning": (
        body(week={"friday": ["22:00-02:00"], "saturday": ["01:00-05:00"]}), "week.saturday", "overlap",
    ),
    "closes before it opens, as a period of nothing": (
        body(week={"monday": ["09:00-09:00"]}), "week.monday", "must close after it opens",
    ),
    "no times": (body(week={"monday": ["nine to five"]}), "week.monday", "is no period"),
    "a day that is none": (body(week={"someday": ["09:00-17:00"], **WEEK}), "week", "no day of the week"),
    "a holiday that is none": (body(holidays=["Bastille Day"]), "holidays", "no federal holiday"),
    "a date twice": (
        body(days=[day("2026-12-24"), day("2026-12-24", "09:00-13:00")]), "days.1", "Dec 24, 2026 is there twice",
    ),
    "a date that is none": (body(days=[day("2026-02-30")]), "days.0", "Choose the date"),
    "a date without one": (body(days=[{"periods": []}]), "days.0", "Choose the date"),
    "a date beyond all calendars": (body(days=[day("9999-12-31")]), "days.0", "from 2000 to 2100"),
    "what no browser of ours sends": ({"week": "x", "holidays": 7, "days": {"a": 1}}, "week", NEVER_OPEN),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_the_field_with_the_way_out(case: str) -> None:
    given, field, words = REFUSED[case]
    assert [(one.field, words in one.message) for one in calendar_problems(given)] == [(field, True)]


def test_split_periods_midnight_and_half_days_are_fine() -> None:
    late = body(
        week={"friday": ["08:00-12:00", "12:00-18:00", "20:00-24:00"], "saturday": ["22:00-02:00"]},
        days=[day("2026-12-24", "09:00-13:00", name="Christmas Eve"), day("2026-12-25")],
    )
    assert calendar_problems(late) == []
    assert hours_a_week(read_calendar(late)[0]) == 18


def test_one_in_use_that_never_opens_is_read_all_the_same() -> None:
    """Published by an older release, or found in the file: that is an alarm, not a reason to open by other hours."""
    found = parse_calendar(body(week={}))
    assert never_opens_in_a_year(found)
    hours = found.hours(NEW_YORK)
    assert hours.next_open(MONDAY_TEN) is None
    assert not hours.is_open(MONDAY_TEN)


def test_without_a_holiday_it_is_open_on_every_holiday() -> None:
    hours = parse_calendar(body(holidays=[])).hours(NEW_YORK)
    assert hours.on(date(2026, 11, 26)) != []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T15:00:00+00:00", "Open now, until 12:00 PM"),
        ("2026-11-23T17:30:00+00:00", "Closed now, opens today at 1:00 PM"),
        ("2026-11-24T15:00:00+00:00", "Closed now, opens Monday at 8:00 AM"),  # Thanksgiving lies between
    ],
)
def test_how_it_stands_is_said_in_words(at: str, words: str) -> None:
    assert standing(parse_calendar(body()), NEW_YORK, datetime.fromisoformat(at)).now == words


def test_the_next_dates_that_are_not_like_their_weekday_are_named() -> None:
    given = body(days=[day("2026-12-24", "09:00-13:00", name="Christmas Eve"), day("2026-12-25")])
    found = standing(parse_calendar(given), NEW_YORK, MONDAY_TEN)
    assert found.changes == (
        "Thu Nov 26: closed (Thanksgiving Day)",
        "Thu Dec 24: 9:00 AM to 1:00 PM (Christmas Eve)",
        "Thu Nov 25: closed (Thanksgiving Day)",
    )  # Dec 25 is a Friday, on which it is closed anyway


def test_the_picture_of_two_weeks_has_the_walls_own_minutes() -> None:
    """On the night in which clocks change, too."""
    given = body(week={"sunday": ["01:30-24:00"]}, holidays=[])
    days = strip(parse_calendar(given), NEW_YORK, datetime(2026, 10, 31, 15, 0, tzinfo=UTC))
    sunday = next(one for one in days if one.day == date(2026, 11, 1))
    assert len(days) == 14
    assert sunday.spans[0][0] == 90
    assert sunday.spans[-1][1] == 24 * 60


def test_two_versions_are_compared_day_by_day() -> None:
    shown = shown_parts(body(days=[day("2026-12-24", "09:00-13:00", name="Christmas Eve")]))
    assert shown["Monday"] == "08:00-12:00, 13:00-20:00"
    assert shown["Tuesday"] == "closed"
    assert shown["Single dates"] == "Thu, Dec 24, 2026: 09:00-13:00 (Christmas Eve)"
