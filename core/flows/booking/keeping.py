"""A provider, a room and a device are kept for a visit or a hold, all or none; the database refuses what overlaps.

Whoever keeps anew what a visit had before lets go first, in one transaction: others wait for its end, and where the new
time is taken after all the edge rolls it back, so that nothing was let go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy.orm import Session

from core.booking import store_reservations as reservations
from core.booking.availability import Length, kept_for
from core.booking.catalogue import DEVICE, ROOM, Service
from core.booking.store import Visit
from core.booking.store_reservations import VISIT, Owner
from core.domain.errors import SlotTaken
from core.domain.hours import Span
from core.reference import Reference

TAKEN = "This time has just been taken. Choose another one."
NO_ROOM = "No {} is free at this time. Choose another one."
KINDS = (ROOM, DEVICE)


@dataclass(frozen=True)
class Wanted:
    """A time for a visit. `provider_id` None where nobody is named."""

    starts_at: datetime
    provider_id: str | None


@dataclass(frozen=True)
class Place:
    """Where a visit takes place and for how long; '' for a room or a device that it does not need."""

    room: str
    device: str
    ends_at: datetime


def keep(
    session: Session,
    reference: Reference,
    service: Service,
    location: str,
    wanted: Wanted,
    owner: Owner,
    now: datetime,
    *,
    liked: Sequence[str] = (),
) -> Place:
    """Keep the provider and one each of what the service needs. `liked`: resources to be tried first.

    Raises SlotTaken.
    """
    minutes = service.minutes_with(wanted.provider_id or "")
    length = Length(minutes, service.before, reference.bookable.after_minutes(service))
    span = kept_for(wanted.starts_at, length)
    taken = reservations.spans(session, *span, now)
    provider = f"staff:{wanted.provider_id}"
    if _overlap(taken.get(provider, ()), span):
        raise SlotTaken(TAKEN)
    pools = [_free(reference, kind, service, location, taken, span, liked) for kind in KINDS]
    for chosen in product(*pools):
        names = [name for name in chosen if name]
        if reservations.take(session, [provider, *names], span, owner, now):
            room, device = (name.partition(":")[2] for name in chosen)
            return Place(room, device, wanted.starts_at + timedelta(minutes=minutes))
    raise SlotTaken(TAKEN)


def _free(
    reference: Reference,
    kind: str,
    service: Service,
    location: str,
    taken: dict[str, list[Span]],
    span: Span,
    liked: Sequence[str],
) -> list[str]:
    """Rooms or devices for it that nobody had when we looked; one '' where it needs none. Raises SlotTaken."""
    type_ = service.room if kind == ROOM else service.device
    if not type_:
        return [""]
    pool = [f"{kind}:{one.code}" for one in reference.bookable.of_type(kind, type_, location)]
    free = [name for name in pool if not _overlap(taken.get(name, ()), span)]
    if not free:
        raise SlotTaken(NO_ROOM.format(kind))
    return sorted(free, key=lambda name: name not in liked)


def _overlap(spans: Sequence[Span], span: Span) -> bool:
    return any(start < span[1] and end > span[0] for start, end in spans)


def keep_anew(
    session: Session, reference: Reference, visit: Visit, to: Wanted, now: datetime
) -> dict[str, Any]:
    """A visit is kept for at another time or with another provider; what changes of it. Raises SlotTaken."""
    service = reference.bookable.services.get(visit.service)
    if service is None or to.provider_id is None:
        return {"provider_id": to.provider_id}
    reservations.release(session, [visit.id])
    place = keep(
        session,
        reference,
        service,
        visit.location,
        to,
        Owner(VISIT, visit.id),
        now,
        liked=visit.resources,
    )
    return {
        "provider_id": to.provider_id,
        "room": place.room,
        "device": place.device,
        "ends_at": place.ends_at,
    }


def let_go(session: Session, visit: Visit, state: str, now: datetime) -> None:
    """A visit that is cancelled or was marked by mistake keeps nothing; one that nobody came to has had its time."""
    if state in ("cancelled", "withdrawn") or (visit.ends_at and visit.ends_at > now):
        reservations.release(session, [visit.id])


def keep_again(session: Session, reference: Reference, visit: Visit, now: datetime) -> None:
    """A visit that had come to an end stands again, where it was. Raises SlotTaken."""
    if visit.starts_at and visit.resources and not reservations.of_owner(session, visit.id):
        keep_anew(session, reference, visit, Wanted(visit.starts_at, visit.provider_id), now)
