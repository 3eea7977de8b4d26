"""Where a location is open and nobody who takes leads is on shift. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.hours import A_DAY, Span, WeeklyHours
from core.staff.shift_rules import Works, outside, own_hours


@dataclass(frozen=True)
class DayOfPlace:
    """One date of a location: when it is open, and which parts of that nobody covers. Not open at all: closed."""

    day: date
    open: Sequence[Span]
    gaps: Sequence[Span]


def day_of(place: WeeklyHours, people: Iterable[Works], day: date) -> DayOfPlace:
    """`people`: those who take leads there. What somebody chose for now, such as a break, is no matter of the plan."""
    opened = place.on(day)
    # Yesterday's: a location that is open past midnight is covered by whoever came in before it.
    planned = [span for one in people for span in worked(one, place, day - A_DAY) + worked(one, place, day)]
    return DayOfPlace(day, opened, outside(opened, planned))


def worked(person: Works, place: WeeklyHours, day: date) -> list[Span]:
    """Their shifts that begin on one date, time off taken out."""
    return outside(own_hours(person, place).on(day), person.off)


def week_of(day: date) -> list[date]:
    """Monday to Sunday of the week that a date lies in."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]
