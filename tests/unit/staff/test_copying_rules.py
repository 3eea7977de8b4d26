"""The shifts of the week before: only dates of their own make a difference, and what stands in the way is named."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours, parse_window
from core.staff.copying_rules import CLOSED, TIME_OFF, Change, changes
from core.staff.shift_rules import Rota

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
OPEN = {day: [parse_window("08:00-20:00")] for day in range(5)}
PLACE = WeeklyHours(ZoneInfo("America/New_York"), OPEN, closed={MONDAY + 3 * DAY})
USUAL = {str(day): ["09:00-17:00"] for day in range(5)}


def change(number: int, before: list[str], after: list[str], **more: object) -> Change:
    usual: dict[str, object] = {"own": True, "conflict": ""}
    return Change("maya", MONDAY + number * DAY, tuple(before), tuple(after), **usual | more)  # type: ignore[arg-type]


def test_two_usual_weeks_are_the_same() -> None:
    assert changes(Rota("maya", "", USUAL), PLACE, MONDAY, MONDAY) == []


def test_a_date_of_last_week_becomes_one_of_this_week_and_what_it_had_goes() -> None:
    days: dict[date, list[str]] = {
        MONDAY - 7 * DAY: ["12:00-20:00"],  # last Monday was a late one
        MONDAY - 6 * DAY: [],  # last Tuesday was off
        MONDAY + 2 * DAY: ["08:00-10:00"],  # this Wednesday is short, last one was as usual
    }
    found = changes(Rota("maya", "", USUAL, days=days), PLACE, MONDAY, MONDAY)
    assert found == [
        change(0, ["09:00-17:00"], ["12:00-20:00"]),
        change(1, ["09:00-17:00"], []),
        change(2, ["08:00-10:00"], ["09:00-17:00"], own=False),
    ]


def test_days_that_are_over_stay_as_they_were() -> None:
    days: dict[date, list[str]] = {MONDAY - 7 * DAY: [], MONDAY - 5 * DAY: []}
    found = changes(Rota("maya", "", USUAL, days=days), PLACE, MONDAY, MONDAY + DAY)
    assert [one.day for one in found] == [MONDAY + 2 * DAY]


def test_time_off_and_a_closed_day_stand_in_the_way_and_are_named() -> None:
    days = {MONDAY - 7 * DAY: ["10:00-12:00"], MONDAY - 4 * DAY: ["10:00-12:00"]}
    leave = (datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC))  # 9 to 11
    found = changes(Rota("maya", "", USUAL, days=days, off=[leave]), PLACE, MONDAY, MONDAY)
    assert [(one.day, one.conflict) for one in found] == [(MONDAY, TIME_OFF), (MONDAY + 3 * DAY, CLOSED)]
