"""What the questions about a lead offer, on the queue and on the lead's page: moments, visits, reasons."""

from collections.abc import Container, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from console.parts import task_actions
from console.shell import Visit
from core.booking import rules as booking
from core.domain.hours import WeeklyHours
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.reads.parts import hand_over

AHEAD_DAYS = 400  # as far as a visit or a task may lie ahead


def offered(visit: Visit) -> dict[str, Any]:
    """Lists of [code, words]; `walls`: by location, what the date and time picker takes."""
    data = visit.app.reference
    return {
        "providers": [list(one) for one in visit.read(hand_over.providers)],
        "places": [[place.slug, place.name] for place in data.clinic.locations.values()],
        "kinds": list(booking.KINDS.items()),
        "cancelled": list(booking.CANCELLED.items()),
        "reasons": list(DISQUALIFIED.items()),
        "outcomes": list(CALL_OUTCOMES.items()),
        "walls": {slug: wall(place.hours, visit) for slug, place in data.clinic.locations.items()},
        "main": data.clinic.default_location,
    }


def wall(hours: WeeklyHours, visit: Visit) -> dict[str, Any]:
    """One location's week, the days on which it is closed, and the common moments in its hours."""
    return {
        "hours": [windows(hours, weekday) for weekday in range(7)],
        "shut": shut(hours, visit),
        "choices": task_actions.offered(hours, visit.now),
    }


def windows(hours: WeeklyHours, weekday: int) -> list[list[str]]:
    """[['09:00', '17:00']]; midnight as an end is '24:00'."""
    return [
        [f"{opens:%H:%M}", f"{closes:%H:%M}" if closes > opens else "24:00"]
        for opens, closes in hours.windows.get(weekday, ())
    ]


def shut(hours: WeeklyHours, visit: Visit) -> Mapping[str, str]:
    """Days ahead on which the clinic is closed although its weekday is open, as {'2026-11-26': 'holiday'}."""
    weekdays = frozenset(day for day, spans in hours.windows.items() if spans)
    single = frozenset((day, bool(spans)) for day, spans in hours.days.items())
    closed: Any = hours.closed  # a frozen set, or a calendar: either can be hashed
    return _shut(closed, weekdays, single, visit.now.astimezone(hours.zone).date())


@lru_cache(maxsize=64)  # the same all day, and asked for at every run of a page
def _shut(
    closed: Container[date], weekdays: frozenset[int], single: frozenset[tuple[date, bool]], today: date
) -> Mapping[str, str]:
    opens = dict(single)
    days = (today + timedelta(days=ahead) for ahead in range(AHEAD_DAYS))
    return {
        day.isoformat(): "holiday"
        for day in days
        if day.weekday() in weekdays and not opens.get(day, day not in closed)
    }
