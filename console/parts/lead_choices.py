"""What the questions about a lead offer, on the queue and on the lead's page: moments, visits, reasons."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from console.parts import task_actions
from console.shell import Visit
from core.booking import rules as booking
from core.domain.hours import WeeklyHours
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.reads.parts import hand_over
from core.reference import Reference

AHEAD_DAYS = 400  # as far as a visit or a task may lie ahead


def offered(visit: Visit, session: Session) -> dict[str, Any]:
    """Lists of [code, words]; `walls`: by location, what the date and time picker takes."""
    data, now = visit.app.reference, visit.now
    today = now.astimezone(data.clinic.zone).date()
    locations = data.clinic.locations
    return {
        "providers": hand_over.providers(session, visit.actor),
        "places": [[place.slug, place.name] for place in locations.values()],
        "services": [[one.code, one.label] for one in data.bookable.offered()],
        "kinds": list(booking.KINDS.items()),
        "cancelled": list(booking.CANCELLED.items()),
        "reasons": list(DISQUALIFIED.items()),
        "outcomes": list(CALL_OUTCOMES.items()),
        "walls": {
            slug: {**wall, "choices": task_actions.offered(locations[slug].hours, now)}
            for slug, wall in _walls(data, today).items()
        },
        "main": data.clinic.default_location,
    }


@lru_cache(maxsize=4)  # the same for everybody until midnight, and asked for at every run of a page
def _walls(data: Reference, today: date) -> Mapping[str, Mapping[str, Any]]:
    """By location, its zone, its week and the days on which it is closed."""
    return {
        slug: {
            "zone": place.hours.zone.key,
            "hours": [windows(place.hours, weekday) for weekday in range(7)],
            "shut": shut(place.hours, today),
        }
        for slug, place in data.clinic.locations.items()
    }


def windows(hours: WeeklyHours, weekday: int) -> list[list[str]]:
    """[['09:00', '17:00']]; midnight as an end is '24:00'."""
    return [
        [f"{opens:%H:%M}", f"{closes:%H:%M}" if closes > opens else "24:00"]
        for opens, closes in hours.windows.get(weekday, ())
    ]


def shut(hours: WeeklyHours, today: date) -> dict[str, str]:
    """Days ahead on which the clinic is closed although its weekday is open, as {'2026-11-26': 'holiday'}."""
    days = (today + timedelta(days=ahead) for ahead in range(AHEAD_DAYS))
    return {
        day.isoformat(): "holiday"
        for day in days
        if hours.windows.get(day.weekday()) and not hours.days.get(day, day not in hours.closed)
    }
