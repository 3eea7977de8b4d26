"""A provider's visits as a calendar of their own: at a secret address, without a word of who comes or what for."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import ics
from core.booking import store_feeds as feeds
from core.booking.ics import Entry
from core.booking.store import Visit
from core.domain.errors import LostRace
from core.domain.roles import Actor
from core.flows.booking.feeds_in import require_theirs
from core.flows.staff import noting
from core.reference import Reference
from core.staff.store import treating

PATH, ENDING = "/feeds/", ".ics"
BACK, AHEAD = timedelta(days=7), timedelta(days=60)
TITLE = "Visit"


def new_address(
    session: Session, actor: Actor, staff_id: str, public: str, *, now: datetime, origin: str = ""
) -> str:
    """Where a provider's visits are read from now on, shown this once; the address before opens nothing any more.

    Raises Denied, NotFound.
    """
    require_theirs(session, actor, staff_id)
    secret = secrets.token_urlsafe(24)
    feeds.put_address(session, staff_id, secret, actor.staff_id, now)
    noting.note(session, actor.staff_id, "calendar_address_made", staff_id, origin, now)
    return f"{public}{PATH}{secret}{ENDING}"


def take_address_away(
    session: Session, actor: Actor, staff_id: str, *, now: datetime, origin: str = ""
) -> None:
    """Raises Denied, NotFound, and LostRace where there is none."""
    require_theirs(session, actor, staff_id)
    if not feeds.remove_address(session, staff_id):
        raise LostRace("There is no address any more.")
    noting.note(session, actor.staff_id, "calendar_address_removed", staff_id, origin, now)


def calendar(
    session: Session, reference: Reference, secret: str, public: str, now: datetime
) -> tuple[bytes, str] | None:
    """(calendar, its mark) of whom the secret belongs to; None for nobody's. The mark stays while the visits do."""
    staff_id = feeds.whose(session, secret)
    if staff_id is None or all(one.id != staff_id for one in treating.providers(session)):
        return None
    visits = feeds.visits_of(session, staff_id, now - BACK, now + AHEAD)
    entries = [_entry(reference, visit, public) for visit in visits]
    mark = hashlib.sha256(repr(entries).encode()).hexdigest()[:32]
    return ics.published(entries, now, name=f"{reference.clinic.short_name} - visits"), mark


def _entry(reference: Reference, visit: Visit, public: str) -> Entry:
    if visit.starts_at is None:
        raise ValueError("a visit without a time is in no calendar")  # visits_of finds none
    place, room = reference.clinic.location(visit.location), reference.bookable.resources.get(visit.room)
    return Entry(
        uid=ics.uid_of(visit.id, public),
        sequence=visit.sequence,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        zone=place.hours.zone,
        summary=TITLE,
        location=f"{room.label}, {place.name}" if room else place.name,
    )
