"""How a calendar stands at a moment, in words for people: open until when, which day is not like the others. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.clinic import Clinic, Location
from core.domain.hours import WeeklyHours
from core.domain.wall import clock_words, opening_words
from core.reference import Reference
from core.setup.calendars import Calendar

AHEAD_DAYS = 400
STRIP_DAYS = 14
A_DAY = timedelta(days=1)
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Standing:
    """`now`: open or closed, until when. `changes`: the next dates that are not like their weekday, at most three."""

    open: bool
    now: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class DayShown:
    """One day of the strip: its spans in minutes of the wall, what it is called where it differs from its weekday."""

    day: date
    spans: tuple[tuple[int, int], ...]
    why: str
    differs: bool


def standing(calendar: Calendar, zone: ZoneInfo, now: datetime) -> Standing:
    hours = calendar.hours(zone)
    words = tuple(_change_words(calendar, hours, day) for day in _unlike(calendar, hours, now))
    return Standing(hours.is_open(now), now_words(hours, now), words[:3])


def now_words(hours: WeeklyHours, now: datetime) -> str:
    """`Open now, until 8:00 PM`; `Closed now, opens Monday at 8:00 AM`; `Never open`."""
    closes = _closes(hours, now)
    if closes:
        return f"Open now, until {_until(closes.astimezone(hours.zone), now.astimezone(hours.zone))}"
    opens = hours.next_open(now)
    if opens is None:
        return "Never open"
    local = opens.astimezone(hours.zone)
    if local.date() == now.astimezone(hours.zone).date():
        return f"Closed now, opens today at {clock_words(local)}"
    return f"Closed now, opens {opening_words(opens, hours.zone, now)}"


def _closes(hours: WeeklyHours, now: datetime) -> datetime | None:
    """When the stretch that `now` lies in ends, touching periods as one; None while closed."""
    end: datetime | None = None
    for opens, closes in hours.spans_from(now):
        if opens > (end or now):
            break
        end = closes
        if end - now > 7 * A_DAY:
            break
    return end


def _until(closes: datetime, now: datetime) -> str:
    if closes - now > 7 * A_DAY:
        return "further notice"
    return clock_words(closes) if closes.date() == now.date() else f"{closes:%A} {clock_words(closes)}"


def _unlike(calendar: Calendar, hours: WeeklyHours, now: datetime) -> Iterator[date]:
    """The dates from today on that are not like their weekday."""
    today = now.astimezone(hours.zone).date()
    for ahead in range(AHEAD_DAYS):
        day = today + ahead * A_DAY
        if _differs(calendar, hours, day):
            yield day


def _differs(calendar: Calendar, hours: WeeklyHours, day: date) -> bool:
    usual = WeeklyHours(hours.zone, calendar.week)
    return hours.on(day) != usual.on(day)


def _change_words(calendar: Calendar, hours: WeeklyHours, day: date) -> str:
    name = calendar.name_of(day)
    return f"{day:%a %b} {day.day}: {day_hours(hours, day)}{f' ({name})' if name else ''}"


def day_hours(hours: WeeklyHours, day: date) -> str:
    """`closed`; `9:00 AM to 1:00 PM`; with `and` between two periods."""
    spans = [[end.astimezone(hours.zone) for end in span] for span in hours.on(day)]
    return (
        " and ".join(f"{clock_words(opens)} to {clock_words(closes)}" for opens, closes in spans) or "closed"
    )


def strip(calendar: Calendar, zone: ZoneInfo, now: datetime) -> list[DayShown]:
    """The two weeks from today on."""
    hours, today = calendar.hours(zone), now.astimezone(zone).date()
    return [_shown(calendar, hours, today + ahead * A_DAY) for ahead in range(STRIP_DAYS)]


def _shown(calendar: Calendar, hours: WeeklyHours, day: date) -> DayShown:
    spans = tuple(_minutes(opens, closes, hours.zone) for opens, closes in hours.on(day))
    return DayShown(day, spans, calendar.name_of(day), _differs(calendar, hours, day))


def _minutes(opens: datetime, closes: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """On the wall of the day it begins on; what reaches over midnight ends at its end."""
    start, end = opens.astimezone(zone), closes.astimezone(zone)
    return start.hour * 60 + start.minute, (
        MIDNIGHT if end.date() > start.date() else end.hour * 60 + end.minute
    )


def never_open(clinic: Clinic, now: datetime) -> list[Location]:
    """Locations whose calendar has no open hour ahead: their clocks never come due."""
    return [place for place in clinic.locations.values() if place.hours.next_open(now) is None]


@lru_cache(maxsize=8)  # asked at every run of every page; a reference is equal to itself alone
def _never_open_on(reference: Reference, day: date) -> tuple[str, ...]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=reference.clinic.zone)
    return tuple(place.name for place in never_open(reference.clinic, noon))


def never_open_names(reference: Reference, now: datetime) -> tuple[str, ...]:
    """The same by name, worked out once a day."""
    return _never_open_on(reference, now.astimezone(reference.clinic.zone).date())
