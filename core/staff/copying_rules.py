"""The shifts of one week as those of the week before: what changes, and what stands in the way. Pure.

Only dates with hours of their own make a difference: the weekly hours are the same in both weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.hours import WeeklyHours, shown
from core.staff.shift_rules import Rota, windows

A_WEEK = timedelta(days=7)
TIME_OFF, CLOSED = "time_off", "closed"


@dataclass(frozen=True)
class Change:
    """One date of a person. `own`: it gets hours of its own, else it is as its weekday again. `conflict`: '', TIME_OFF
    (no shift counts in it), or CLOSED: the location is closed then, and the date is left as it is."""

    staff_id: str
    day: date
    before: tuple[str, ...]
    after: tuple[str, ...]
    own: bool
    conflict: str


def changes(person: Rota, place: WeeklyHours, monday: date, today: date) -> list[Change]:
    """What copying the week before changes of one person from `today` on. `monday`: of the week that is changed."""
    found = []
    for day in (monday + timedelta(days=number) for number in range(7)):
        usual = tuple(person.hours.get(str(day.weekday()), ()))
        before = tuple(person.days.get(day, usual))
        after = tuple(person.days.get(day - A_WEEK, usual))
        if day >= today and after != before:
            conflict = _conflict(person, place, day, after)
            found.append(Change(person.id, day, before, after, own=after != usual, conflict=conflict))
    return found


def _conflict(person: Rota, place: WeeklyHours, day: date, after: Sequence[str]) -> str:
    if after and not place.on(day):
        return CLOSED
    spans = [span for window in windows(after) for span in shown(day, window, place.zone)]
    off = any(start < ends and begins < end for start, end in spans for begins, ends in person.off)
    return TIME_OFF if off else ""
