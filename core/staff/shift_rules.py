"""Whether somebody is at work at a moment, until when, and from when again: the one place that says so. Pure.

A person works by their weekly hours, but on a date with hours of its own by those, and on none on which their location
is closed. A date of their own stands above that: who is planned on a holiday works then. Time off is cut out of all.
What they chose themselves (busy, on a break, off duty) holds until it ends by itself or they choose again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.domain.hours import A_DAY, Span, WeeklyHours, Window, at, parse_window

AVAILABLE, BUSY, BREAK, OFF_DUTY = "available", "busy", "break", "off_duty"
STATUSES = (AVAILABLE, BUSY, BREAK, OFF_DUTY)
AWAY = frozenset({BREAK, OFF_DUTY})
FAR = timedelta(days=800)  # whoever is on no shift until then never is, as far as anybody plans


class Works(Protocol):
    """What the rule needs to know of a person, whatever else is read of them."""

    @property
    def hours(self) -> Mapping[str, Sequence[str]]:
        """Weekday ("0" Monday) to windows such as "09:00-13:00", on the wall of their location."""

    @property
    def days(self) -> Mapping[date, Sequence[str]]:
        """Dates with hours of their own; an empty one is a day off."""

    @property
    def off(self) -> Sequence[Span]:
        """Time off."""

    @property
    def status(self) -> str:
        """One of STATUSES."""

    @property
    def status_until(self) -> datetime | None:
        """When they are available again by themselves; None until they say so."""


@dataclass(frozen=True)
class Rota:
    """One person's plan. `location` ''  is the default one."""

    id: str
    location: str
    hours: Mapping[str, Sequence[str]]
    status: str = AVAILABLE
    status_until: datetime | None = None
    days: Mapping[date, Sequence[str]] = field(default_factory=dict)
    off: Sequence[Span] = ()


@dataclass(frozen=True)
class Duty:
    """Where somebody stands at one moment.

    `on_shift`: the plan says that they work, time off taken out. `until`: the end of the shift they are on, None on
    none. `back_at`: when they are on again, None while they are, and where they never will be. `status`: what they
    chose, as it holds now; `status_until` when that ends by itself. `on_leave`: the moment lies in their time off.
    """

    on_shift: bool
    until: datetime | None
    back_at: datetime | None
    status: str
    status_until: datetime | None
    on_leave: bool

    @property
    def at_work(self) -> bool:
        """On shift, and neither off duty nor on a break."""
        return self.on_shift and self.status not in AWAY


def duty(person: Works, place: WeeklyHours, now: datetime) -> Duty:
    """Everything about one moment. `place`: the hours of the person's location."""
    start, end = next(shifts(person, place, now), (None, None))
    here, status = start == now, status_at(person, now)
    return Duty(
        on_shift=here,
        until=end if here else None,
        back_at=None if here else start,
        status=status,
        status_until=person.status_until if status == person.status else None,
        on_leave=_within(person.off, now),
    )


def is_on_shift(person: Works, place: WeeklyHours, now: datetime) -> bool:
    """As `Duty.on_shift`, at the cost of two days: asked about everybody at every form."""
    if _within(person.off, now):
        return False
    today = now.astimezone(place.zone).date()
    near = (today - A_DAY, today)  # yesterday's shift may last past midnight where clocks change
    hours = own_hours(person, place, near)
    return _within((span for day in near for span in hours.on(day)), now)


def is_at_work(person: Works, place: WeeklyHours, now: datetime) -> bool:
    """On shift, and neither off duty nor on a break."""
    return status_at(person, now) not in AWAY and is_on_shift(person, place, now)


def is_away(person: Works, now: datetime) -> bool:
    """Off duty, on a break or on leave, whatever the hour: a colleague may act for them."""
    return status_at(person, now) in AWAY or _within(person.off, now)


def status_at(person: Works, now: datetime) -> str:
    """What they chose, as long as it holds."""
    ended = person.status_until is not None and person.status_until <= now
    return AVAILABLE if ended else person.status


def shifts(person: Works, place: WeeklyHours, since: datetime) -> Iterator[Span]:
    """When they work from `since` on, FAR at most, in order; shifts that touch at midnight may come as two."""
    if any(person.hours.values()) or any(person.days.values()):
        for span in own_hours(person, place).spans_from(since):
            if span[0] > since + FAR:
                return
            yield from outside([span], person.off)


def own_hours(person: Works, place: WeeklyHours, near: Sequence[date] = ()) -> WeeklyHours:
    """Their planned hours, time off not taken out; right on the dates `near` alone, where these are given."""
    weekdays = {str(day.weekday()) for day in near} if near else person.hours.keys()
    weekly = {int(day): windows(person.hours[day]) for day in weekdays if day in person.hours}
    dates = near or person.days.keys()
    return place.of_somebody(weekly, {day: windows(person.days[day]) for day in dates if day in person.days})


def windows(spans: Sequence[str]) -> tuple[Window, ...]:
    """`["09:00-13:00", "14:00-18:00"]` as windows. Raises ValueError."""
    return tuple(parse_window(text) for text in spans)


def outside(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of `spans` where `holes` are taken out, in order."""
    left = list(spans)
    for start, end in holes:
        left = [
            piece for span in left for piece in ((span[0], min(span[1], start)), (max(span[0], end), span[1]))
        ]
        left = [piece for piece in left if piece[0] < piece[1]]
    return sorted(left)


def end_of(status: str, minutes: int | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When a status that is chosen now ends by itself: after the minutes that were given, else with the day.

    Who forgets to come back is back tomorrow, so no lead waits for a click. Longer than a day is time off.
    """
    if status == AVAILABLE:
        return None
    if minutes is not None:
        return now + timedelta(minutes=minutes)
    return at(now.astimezone(zone).date() + A_DAY, time(), zone)


def _within(spans: Sequence[Span] | Iterator[Span], now: datetime) -> bool:
    return any(start <= now < end for start, end in spans)
