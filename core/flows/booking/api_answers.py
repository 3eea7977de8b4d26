"""A visit as the booking API answers it (BookingResponse): what it is, when and where, and what comes next."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.booking.store import Visit
from core.flows.booking import links
from core.reference import Reference
from core.settings import Settings
from core.staff.store import people as names


def of_visit(
    session: Session, reference: Reference, settings: Settings, visit: Visit, now: datetime
) -> dict[str, Any]:
    """Prices in dollars, lengths in minutes, times on the location's wall with its offset."""
    return {
        "success": True,
        "appointmentId": visit.id,
        "confirmationNumber": visit.code,
        "status": visit.state,
        "appointmentDetails": _details(session, reference, visit),
        "nextSteps": _next_steps(session, reference, settings, visit, now),
    }


def _details(session: Session, reference: Reference, visit: Visit) -> dict[str, Any]:
    service = reference.bookable.services.get(visit.service)
    zone = reference.clinic.hours(visit.location).zone
    begins, ends = visit.starts_at, visit.ends_at
    return {
        "treatment": service.label if service else visit.kind,
        "service": visit.service,
        "provider": names.name(session, visit.provider_id) if visit.provider_id else "",
        "providerId": visit.provider_id,
        "location": visit.location,
        "dateTime": begins.astimezone(zone).isoformat() if begins else None,
        "duration": int((ends - begins).total_seconds()) // 60 if begins and ends else None,
        "price": _dollars(visit.price_cents),
    }


def _dollars(cents: int) -> float | int:
    return cents / 100 if cents % 100 else cents // 100


def _next_steps(
    session: Session, reference: Reference, settings: Settings, visit: Visit, now: datetime
) -> dict[str, str | None]:
    """The person's own page, as long as there is something to come: there they move or cancel, and find their forms."""
    page = _page(session, reference, settings, visit, now) if visit.state == "booked" else None
    return {
        "formsUrl": page,
        "calendarInvite": f"{page}/calendar.ics" if page else None,
        "cancellationPolicy": reference.bookable.rules.policy,
    }


def _page(session: Session, reference: Reference, settings: Settings, visit: Visit, now: datetime) -> str:
    about = f"api:{visit.id}:{now:%Y-%m-%d}"  # one a day: each is good for some days from when it was made
    code = links.make(
        session, reference, visit.lead_id, about, visit_id=visit.id, service=visit.service, now=now
    )
    return f"{settings.public}{links.PATH}{code}"
