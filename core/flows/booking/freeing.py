"""A visit's time comes free: it is offered to who waits, from the transaction on in which that happens."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store_offers as offers
from core.booking import store_reservations as reservations
from core.booking.store import Visit
from core.flows.booking import ending_offers
from core.reference import Reference


def came_free(session: Session, reference: Reference, visit: Visit, now: datetime) -> str | None:
    """The visit, as it was until now, is not at its time any more: whoever waits is asked; the freed time's id.

    None where there is nothing to offer: its time is too near or past, or something keeps it still, such as the same
    visit that moved by half an hour.
    """
    service = reference.bookable.services.get(visit.service)
    if service is None or not (visit.provider_id and visit.starts_at and visit.ends_at):
        return None
    if visit.starts_at <= now + reference.bookable.notice_of(service):
        return None
    provider = f"staff:{visit.provider_id}"
    kept = reservations.between(session, visit.starts_at, visit.ends_at, now)
    if any(one.resource == provider for one in kept):
        return None
    slot_id = offers.add_slot(
        session,
        now,
        service=visit.service,
        location=visit.location,
        provider_id=visit.provider_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        freed_by=visit.id,
    )
    if slot_id:
        ending_offers.ask_next(session, slot_id, "first", now)
    return slot_id
