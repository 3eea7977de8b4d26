"""What the questions about a lead offer, on the queue and on the lead's page: colleagues, moments, visits, reasons."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from console.parts import hand_over as hand_over_view
from console.parts import task_actions
from console.shell import Visit
from core.booking import rules as booking
from core.domain.hours import WeeklyHours
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.reads.parts import hand_over
from core.reference import Reference

AHEAD_DAYS = 400  # as far as a visit or a task may lie ahead


def offered(visit: Visit, session: Session) -> dict[str, Any]:
    """Lists of [code, words]; `hours` and `shut` as the date and time picker takes them."""
    data, now, zone = visit.app.reference, visit.now, visit.app.settings.zone
    today = now.astimezone(data.clinic.location("").hours.zone).date()
    everybody = hand_over.read(session, visit.actor, data, now)
    return {
        "colleagues": [hand_over_view.row(one, now, zone) for one in everybody],
        "choices": task_actions.offered(visit.app, now),
        "providers": hand_over.providers(session, visit.actor),
        **_all_day(data, today),
    }


@lru_cache(maxsize=4)
def _all_day(data: Reference, today: date) -> dict[str, Any]:
    """What the reference data alone says; the same for everybody until midnight."""
    hours = data.clinic.location("").hours
    return {
        "places": [[place.slug, place.name] for place in data.clinic.locations.values()],
        "kinds": list(booking.KINDS.items()),
        "cancelled": list(booking.CANCELLED.items()),
        "reasons": list(DISQUALIFIED.items()),
        "outcomes": list(CALL_OUTCOMES.items()),
        "hours": [windows(hours, weekday) for weekday in range(7)],
        "shut": shut(hours, today),
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
