"""When somebody's working day ends, and how long what they handed over waits for somebody. Pure.

A break of two hours at most is a gap in the day, not its end: nobody hands over before lunch.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from core.domain.errors import InvalidInput
from core.domain.hours import Span, WeeklyHours
from core.staff.shift_rules import Works, shifts

PAUSE = timedelta(hours=2)
LATE = timedelta(hours=2)  # after the end: what nobody wrote until then is not made up later
WAITS = timedelta(days=3)
LONGEST_NOTE = 1000


def days(spans: Iterable[Span]) -> Iterator[Span]:
    """Working days out of shifts in order: what lies PAUSE apart at most is one."""
    begins = ends = None
    for start, end in spans:
        if begins is None or ends is None:
            begins, ends = start, end
        elif start - ends <= PAUSE:
            ends = end
        else:
            yield begins, ends
            begins, ends = start, end
    if begins is not None and ends is not None:
        yield begins, ends


def ends_at(person: Works, place: WeeklyHours, now: datetime) -> datetime | None:
    """When the working day ends that they are in now, in a gap of it too; None outside of one."""
    for start, end in days(shifts(person, place, now - LATE)):
        if start > now:
            return None
        if now < end:
            return end
    return None


def ended_at(person: Works, place: WeeklyHours, now: datetime) -> datetime | None:
    """When their last working day ended, within LATE; None while another one is under way, and where none did."""
    last = None
    for start, end in days(shifts(person, place, now - LATE)):
        if start > now:
            break
        if now < end:
            return None
        last = end
    return last


def ahead(person: Works, place: WeeklyHours, now: datetime, until: datetime) -> list[Span]:
    """The working days that end after `now` and begin before `until`, in order; the first may be under way."""
    found = []
    for start, end in days(shifts(person, place, now - LATE)):
        if start >= until:
            break
        if end > now:
            found.append((start, end))
    return found


def note(words: str) -> str:
    """What the writer adds. Raises InvalidInput(note)."""
    said = words.strip()
    if len(said) > LONGEST_NOTE:
        raise InvalidInput.of("note", f"A note has at most {LONGEST_NOTE} characters; this one {len(said)}.")
    return said
