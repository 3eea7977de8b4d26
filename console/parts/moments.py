"""The moments at which a made-up lead comes, and how moments are told beside another. Pure."""

from datetime import date, datetime, time, timedelta

from console.live import millis
from core.domain.hours import WeeklyHours, at

TUESDAY, SATURDAY, SUNDAY = 1, 5, 6
MOMENTS = (
    ("Saturday 3 PM", SATURDAY, time(15)),
    ("Tuesday 10 AM", TUESDAY, time(10)),
    ("Sunday 10 PM", SUNDAY, time(22)),
)


def usual(hours: WeeklyHours, today: date) -> list[list[object]]:
    """[['Saturday 3 PM', milliseconds], ...]: moments that show what opening hours do."""
    return [[words, millis(next_weekday(day, wall, today, hours))] for words, day, wall in MOMENTS]


def next_weekday(weekday: int, wall: time, today: date, hours: WeeklyHours) -> datetime:
    """That weekday and time, from tomorrow on."""
    tomorrow = today + timedelta(days=1)
    return at(tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7), wall, hours.zone)


def short(wall: datetime, beside: datetime | None = None) -> str:
    """'Sat 3:00 PM'; on the day of `beside` the time alone, a week and more after it with the date."""
    clock = f"{wall:%-I:%M %p}"
    if beside and wall.date() == beside.date():
        return f"{wall:%-I:%M:%S %p}" if wall.second else clock
    far = beside and wall.date() - beside.date() >= timedelta(days=6)
    return f"{wall:%a %b %-d}, {clock}" if far else f"{wall:%a} {clock}"


def long(wall: datetime, beside: datetime) -> str:
    """'the same day at 3:05 PM', 'Monday at 10:00 AM', 'Monday, Dec 7 at 10:00 AM'."""
    clock = f"{wall:%-I:%M %p}".replace(":00 ", " ")
    if wall.date() == beside.date():
        return f"the same day at {wall:%-I:%M:%S %p}" if wall.second else f"the same day at {clock}"
    far = wall.date() - beside.date() >= timedelta(days=6)
    return f"{wall:%A, %b %-d} at {clock}" if far else f"{wall:%A} at {clock}"
