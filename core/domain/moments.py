"""Moments as people name them: in an hour, this afternoon, tomorrow at nine, a date and a time on the clinic's wall."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.domain.errors import InvalidInput
from core.domain.hours import WeeklyHours, at
from core.domain.wall import clock_words

MORNING, AFTERNOON = time(9), time(14)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = 0
FIRST_YEAR, LAST_YEAR = (
    1970,
    2999,
)  # opening hours are looked up days before and after: not at the calendar's edges


@dataclass(frozen=True)
class Choice:
    """One common choice. `closed` says that nobody is there then, '' where somebody is."""

    code: str
    label: str
    at: datetime
    closed: str = ""


def choices(hours: WeeklyHours, now: datetime) -> tuple[Choice, ...]:
    """What is offered now, soonest first; what has passed today is left out."""
    today = now.astimezone(hours.zone).date()
    monday = today + DAY * ((MONDAY - today.weekday() - 1) % 7 + 1)
    named = [
        ("1h", "In 1 hour", now + HOUR),
        ("3h", "In 3 hours", now + 3 * HOUR),
        ("afternoon", "This afternoon", at(today, AFTERNOON, hours.zone)),
        ("tomorrow", "Tomorrow 9 AM", at(today + DAY, MORNING, hours.zone)),
        ("monday", "Monday 9 AM", at(monday, MORNING, hours.zone)),
    ]
    return tuple(
        Choice(code, label, moment, closed_words(hours, moment))
        for code, label, moment in named
        if moment > now
    )


def named(code: str, hours: WeeklyHours, now: datetime) -> datetime:
    """The moment of one of `choices`. Raises InvalidInput(at)."""
    found = next((choice.at for choice in choices(hours, now) if choice.code == code), None)
    if found is None:
        raise InvalidInput.of("at", "Choose one of the times, or enter a date and a time.")
    return found


def on_the_wall(day: str, wall: str, hours: WeeklyHours) -> datetime:
    """'2027-01-04' and '14:30' on the clinic's wall. Raises InvalidInput(date, time).

    An hour that daylight saving skips is the moment after the gap; of one that comes twice, the first.
    """
    try:
        local = date.fromisoformat(day)
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        raise InvalidInput.of("date", "Enter a date such as 2027-01-04.") from None
    try:
        clock = time.fromisoformat(wall)
    except ValueError:
        raise InvalidInput.of("time", "Enter a time such as 14:30.") from None
    if clock.tzinfo:
        raise InvalidInput.of("time", "Enter a time such as 14:30, without a time zone.")
    return at(local, clock, hours.zone)


def closed_words(hours: WeeklyHours, moment: datetime) -> str:
    """'We are closed then. We open Mon Nov 23, 8:00 AM.', or '' while open."""
    opens = hours.next_open(moment)
    if opens == moment:
        return ""
    if opens is None:
        return "We are closed then."
    return f"We are closed then. We open {day_and_time(opens, hours)}."


def day_and_time(moment: datetime, hours: WeeklyHours) -> str:
    """'Mon Nov 23, 8:00 AM' on the wall of these hours."""
    local = moment.astimezone(hours.zone)
    return f"{local:%a} {local:%b} {local.day}, {clock_words(local)}"
