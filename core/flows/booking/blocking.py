"""Time that is not to be booked: of a provider, a room or a device. Where somebody is expected it is refused.

Days off are `time_off` and stand with the shifts. A block keeps its time as a visit does, so the database refuses two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import store_blocks as blocks
from core.booking import store_reservations as reservations
from core.booking.rules import FURTHEST_AHEAD
from core.booking.store_blocks import Block
from core.booking.store_reservations import BLOCK, VISIT, Owner
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.hours import Span
from core.domain.ids import new_id
from core.domain.roles import Actor, Permission, require
from core.patients.store import profiles as patients
from core.reference import Reference
from core.staff.store import treating

LONGEST_NOTE = 80
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)  # a longer one is time off


@dataclass(frozen=True)
class Wanted:
    """`resource`: staff:<id>, room:<code>, device:<code>."""

    resource: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""


def block(session: Session, reference: Reference, actor: Actor, wanted: Wanted, *, now: datetime) -> str:
    """Keep it free; the block's id.

    Raises Denied, InvalidInput(resource, starts_at, minutes, note), and SlotTaken naming who is expected then.
    """
    require(actor, Permission.WORK_CALENDAR)
    _check(session, reference, wanted, now)
    block_id, span = new_id(now), (wanted.starts_at, wanted.ends_at)
    if not reservations.take(session, [wanted.resource], span, Owner(BLOCK, block_id), now):
        raise SlotTaken(_who_is_there(session, wanted.resource, span, now))
    blocks.add(
        session,
        id=block_id,
        resource=wanted.resource,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        note=wanted.note.strip(),
        made_at=now,
        made_by=actor.staff_id,
    )
    return block_id


def _check(session: Session, reference: Reference, wanted: Wanted, now: datetime) -> None:
    if wanted.resource not in _known(session, reference):
        raise InvalidInput.of("resource", "Choose a provider, a room or a device of the list.")
    if wanted.ends_at <= now or wanted.starts_at > now + FURTHEST_AHEAD:
        raise InvalidInput.of("starts_at", "Choose a time that is still to come, within the next year.")
    if not SHORTEST <= wanted.ends_at - wanted.starts_at <= LONGEST:
        raise InvalidInput.of(
            "minutes", "Block 5 minutes to 12 hours. Longer is time off, in Staff and shifts."
        )
    if len(wanted.note.strip()) > LONGEST_NOTE:
        raise InvalidInput.of("note", f"Use at most {LONGEST_NOTE} characters.")


def _known(session: Session, reference: Reference) -> set[str]:
    places = reference.bookable.resources.values()
    theirs = {f"{one.kind}:{one.code}" for one in places if not one.retired}
    return theirs | {f"staff:{one.id}" for one in treating.providers(session)}


def _who_is_there(session: Session, resource: str, span: Span, now: datetime) -> str:
    """'Ada Quill has a visit then. Move it first, or block another time.'"""
    for one in reservations.between(session, span[0], span[1], now):
        if one.resource != resource or one.starts_at >= span[1]:
            continue
        if one.owner_kind == VISIT:
            name = _name(session, one.owner_id)
            return f"{name} has a visit then. Move it first, or block another time."
        if one.owner_kind == BLOCK:
            return "This time is blocked already."
    return "Somebody holds this time just now. Try again in some minutes."


def _name(session: Session, visit_id: str) -> str:
    patient_id = blocks.patient_of(session, visit_id)
    first = patients.briefs(session, [patient_id])[patient_id].first_name if patient_id else ""
    last = patients.last_names(session, [patient_id]).get(patient_id, "") if patient_id else ""
    return f"{first} {last}".strip() or "Somebody"


def unblock(session: Session, actor: Actor, block_id: str) -> Block:
    """The time may be booked again; what the block was, to be put back. Raises Denied, LostRace."""
    require(actor, Permission.WORK_CALENDAR)
    found = blocks.find(session, block_id)
    if found is None or not blocks.drop(session, block_id):
        raise LostRace("This time is not blocked any more.")
    reservations.release(session, [block_id])
    return found
