"""What staff do with a visit that is ahead, at the desk: book it, note that it is confirmed, move it.

Who came is in `arriving`, who is done in `completing`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.booking import booking, changing
from core.flows.leads import lead_by_hand
from core.flows.leads import visits as lead_visits
from core.flows.leads.lead_by_hand import ByHand
from core.free_times import Wish
from core.reference import Reference
from core.settings import Settings


@dataclass(frozen=True)
class Start:
    """When a visit is to begin, and how it came about: of store's `came_by`."""

    wish: Wish
    at: datetime
    came_by: str = "staff"


def book(
    session: Session, reference: Reference, actor: Actor, lead_id: str, start: Start, *, now: datetime
) -> Visit:
    """A visit of a service at a free time. Raises Denied, InvalidInput(stage), SlotTaken, and LostRace where the lead
    has another one ahead."""
    require(actor, Permission.WORK_CALENDAR)
    lead_visits.markable(session, actor, lead_id, "booked", 0)
    return booking.book_at(session, reference, actor, lead_id, start.wish, start.at, start.came_by, now=now)


def walk_in(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    told: ByHand,
    start: Start,
    *,
    now: datetime,
) -> Visit:
    """Somebody at the desk who is no lead yet: added by hand and booked, both or neither. The same request twice is one
    lead and one visit.

    Raises what `lead_by_hand.add` and `book` raise.
    """
    require(actor, Permission.WORK_CALENDAR)
    added = lead_by_hand.add(session, reference, settings, actor, told, now=now)
    if added.lead_id is None:
        raise InvalidInput.of("phone", "This could not be read as a person. Look at the fields again.")
    ahead = changing.ahead(session, added.lead_id) if added.repeated else None
    return ahead or book(session, reference, actor, added.lead_id, start, now=now)


def confirm(session: Session, actor: Actor, visit_id: str, *, said: bool, now: datetime) -> None:
    """The patient said that they come; `said` False takes it back. Raises LostRace where it is not ahead any more."""
    require(actor, Permission.WORK_CALENDAR)
    if not visits.change(session, visit_id, "booked", confirmed_at=now if said else None):
        raise LostRace(changing.stands(session, visit_id))


def move(
    session: Session,
    reference: Reference,
    actor: Actor,
    visit_id: str,
    at: datetime,
    *,
    provider_id: str,
    reason: str,
    seen: datetime,
    now: datetime,
) -> None:
    """Another time, and no text says so: whoever moves it has spoken with the patient. `reason` stays in the timeline.

    Raises Denied, and as `visits.move`.
    """
    require(actor, Permission.WORK_CALENDAR)
    provider = provider_id or None
    lead_visits.move(
        session, reference, actor, visit_id, at, seen=seen, provider_id=provider, why=reason, now=now
    )
