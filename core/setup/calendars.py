"""One location's calendar: its week of split periods, the holidays it keeps, single dates with their own hours. Pure.

The body of a version:

{"week": {"monday": ["08:00-12:00", "13:00-20:00"], ...}, "holidays": ["Thanksgiving Day"],
 "days": [{"date": "2026-12-24", "periods": ["09:00-13:00"], "name": "Christmas Eve"}]}

A weekday without periods is closed, so is a date without; a date's own take the place of its weekday's and of its
holiday. A period may end at 24:00 or reach over midnight: 22:00-02:00.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from core.clinic import WEEKDAYS
from core.compliance.legal_holidays import LegalHolidays, names_of_year
from core.domain.hours import WeeklyHours, Window, parse_window
from core.domain.reading import Problem, Reading, as_entries, as_text, as_texts
from core.versions.rules import Body

MOST_PERIODS, MOST_DAYS, LONGEST_NAME = 6, 200, 60
FIRST_YEAR, LAST_YEAR = 2000, 2100
AN_ORDINARY_YEAR = FIRST_YEAR - 1  # no single date is in it
A_YEAR_OF_TODAY = 2026  # whose holidays have the names of today's law
MIDNIGHT = 24 * 60
NEVER_OPEN = (
    "There is no open hour in a whole year: nobody could ever be called in time. Open at least one weekday."
)


@dataclass(frozen=True)
class SingleDay:
    """One date with hours of its own; no periods is closed. `name` may be ''."""

    day: date
    periods: tuple[Window, ...]
    name: str


@dataclass(frozen=True)
class Calendar:
    """What a body says. `week` by weekday, 0 for Monday."""

    week: Mapping[int, tuple[Window, ...]]
    holidays: tuple[str, ...]
    days: tuple[SingleDay, ...]

    def hours(self, zone: ZoneInfo) -> WeeklyHours:
        # LegalHolidays of no name is all of them.
        closed = LegalHolidays(only=frozenset(self.holidays)) if self.holidays else frozenset[date]()
        return WeeklyHours(zone, self.week, closed, {one.day: one.periods for one in self.days})

    def name_of(self, day: date) -> str:
        """What a date is called, where it is not like its weekday; '' where it has no name."""
        own = next((one.name for one in self.days if one.day == day), None)
        holiday = names_of_year(day.year).get(day, "")
        return own or (holiday if holiday in self.holidays or own is not None else "")


@cache
def holiday_names() -> tuple[str, ...]:
    """The federal holidays, in the order of the year."""
    return tuple(dict.fromkeys(name for _, name in sorted(names_of_year(A_YEAR_OF_TODAY).items())))


def read_calendar(body: Body) -> tuple[Calendar, list[Problem]]:
    """What it says, as far as it can be read, and everything that can't be."""
    reading = Reading()
    week = _week(reading, body.get("week"))
    days = _days(reading, body.get("days"))
    return Calendar(week, _holidays(reading, body.get("holidays")), days), reading.problems


def calendar_problems(body: Body) -> list[Problem]:
    """Everything that bars it from being published."""
    calendar, problems = read_calendar(body)
    if not problems and never_opens_in_a_year(calendar):
        return [Problem("week", NEVER_OPEN)]
    return problems


def parse_calendar(body: Body) -> Calendar:
    """One that is in use, even where it never opens: that is an alarm, not a reason to open by other hours.

    Raises ValueError with the first fault.
    """
    calendar, problems = read_calendar(body)
    if problems:
        raise ValueError(f"{problems[0].field}: {problems[0].message}")
    return calendar


def never_opens_in_a_year(calendar: Calendar) -> bool:
    """Whether an ordinary year, or one of those with dates of their own, has no open hour."""
    hours = calendar.hours(ZoneInfo("UTC"))
    years = sorted({AN_ORDINARY_YEAR} | {one.day.year for one in calendar.days})
    return any(not any(hours.on(day) for day in _year(year)) for year in years)


def hours_a_week(calendar: Calendar) -> float:
    """Open hours of an ordinary week, to a tenth."""
    spans = [minutes(window) for windows in calendar.week.values() for window in windows]
    return round(sum(closes - opens for opens, closes in spans) / 60, 1)


def _year(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _week(reading: Reading, given: object) -> dict[int, tuple[Window, ...]]:
    week = given if isinstance(given, Mapping) else {}
    for unknown in sorted(set(map(str, week)) - set(WEEKDAYS)):
        reading.fault("week", f"{unknown!r} is no day of the week.")
    found = {number: _periods(reading, f"week.{day}", week.get(day)) for number, day in enumerate(WEEKDAYS)}
    for number, day in enumerate(WEEKDAYS):
        _reaches_into(reading, f"week.{day}", found[(number - 1) % len(WEEKDAYS)], found[number])
    return found


def _periods(reading: Reading, place: str, given: object) -> tuple[Window, ...]:
    texts = as_texts(given)
    if len(texts) > MOST_PERIODS:
        reading.fault(place, f"A day has at most {MOST_PERIODS} periods.")
    windows = [window for text in texts[:MOST_PERIODS] if (window := _period(reading, place, text))]
    _apart(reading, place, sorted(windows))
    return tuple(sorted(windows))


def _period(reading: Reading, place: str, text: str) -> Window | None:
    try:
        return parse_window(text, over_midnight=True)
    except ValueError:
        reading.fault(
            place, f"{text!r} is no period. Write it as 09:00-17:30, and it must close after it opens."
        )
        return None


def _apart(reading: Reading, place: str, windows: Sequence[Window]) -> None:
    for before, after in pairwise(windows):
        if minutes(before)[1] > minutes(after)[0]:
            reading.fault(
                place, f"{shown(before)} and {shown(after)} overlap. Make one end before the other begins."
            )


def _reaches_into(reading: Reading, place: str, evening: Iterable[Window], morning: Sequence[Window]) -> None:
    """A period over midnight and the next day's first one."""
    for late in evening:
        spills = minutes(late)[1] - MIDNIGHT
        if spills > 0 and morning and minutes(morning[0])[0] < spills:
            reading.fault(place, f"{shown(late)} of the day before and {shown(morning[0])} overlap.")


def minutes(window: Window) -> tuple[int, int]:
    """Its ends in minutes from the midnight before; the second is beyond 1440 where it closes on the next day."""
    opens, closes = (wall.hour * 60 + wall.minute for wall in window)
    return opens, closes if closes > opens else closes + MIDNIGHT


def shown(window: Window) -> str:
    """`09:00-17:30`, `18:00-24:00`."""
    opens, closes = window
    return f"{opens:%H:%M}-{'24:00' if closes == time.min else f'{closes:%H:%M}'}"


def _holidays(reading: Reading, given: object) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(as_texts(given if not isinstance(given, str) else [given])))
    for name in names:
        if name not in holiday_names():
            reading.fault("holidays", f"{name!r} is no federal holiday. Add it as a single date instead.")
    return names


def _days(reading: Reading, given: object) -> tuple[SingleDay, ...]:
    if isinstance(given, list | tuple) and len(given) > MOST_DAYS:
        reading.fault("days", f"At most {MOST_DAYS} single dates. Take away those that are over.")
    found, seen = [], dict[date, int]()
    for number, entry in enumerate(as_entries(given, MOST_DAYS)):
        one = _day(reading, f"days.{number}", entry)
        if one is None:
            continue
        if one.day in seen:
            reading.fault(f"days.{number}", f"{day_words(one.day)} is there twice. Keep one of them.")
        seen[one.day] = number
        found.append(one)
    return tuple(found)


def _day(reading: Reading, place: str, entry: Mapping[str, Any]) -> SingleDay | None:
    name = reading.words(place, entry, LONGEST_NAME, name="name")
    periods = _periods(reading, place, entry.get("periods"))
    try:
        day = date.fromisoformat(as_text(entry.get("date")))
    except ValueError:
        reading.fault(place, "Choose the date.")
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        reading.fault(place, f"Choose a date from {FIRST_YEAR} to {LAST_YEAR}.")
        return None
    return SingleDay(day, periods, name)


def day_words(day: date) -> str:
    """`Thu, Nov 26, 2026`."""
    return f"{day:%a, %b} {day.day}, {day.year}"


def shown_parts(body: Body) -> dict[str, str]:
    """A body as people read it, by label: what two versions are compared by."""
    calendar, _ = read_calendar(body)
    week = {
        day.capitalize(): ", ".join(map(shown, calendar.week[number])) or "closed"
        for number, day in enumerate(WEEKDAYS)
    }
    days = (
        f"{day_words(one.day)}: {', '.join(map(shown, one.periods)) or 'closed'}{f' ({one.name})' if one.name else ''}"
        for one in sorted(calendar.days, key=lambda one: one.day)
    )
    return {**week, "Holidays": "\n".join(calendar.holidays), "Single dates": "\n".join(days)}


def body_of(hours: Mapping[str, list[str]], holidays: Sequence[str], days: Mapping[str, list[str]]) -> Body:
    """The body that says what data/clinic.toml says of one location."""
    single = [{"date": day, "periods": list(spans), "name": ""} for day, spans in days.items()]
    week = {day: list(hours.get(day, ())) for day in WEEKDAYS}
    return {"week": week, "holidays": list(holidays), "days": single}
