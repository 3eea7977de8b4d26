"""The patient is at the clinic: arrived, in a room, and each mark taken back. Staff mark it, or the patient's HERE.

What was still to go out before the visit goes no more: who is there is not reminded. A mark that stands already is no
error: the front desk and the patient's text often say it within the same minute.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import rules
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Doer, Permission, require
from core.flows.booking import changing
from core.flows.booking.noting import tell
from core.flows.sequences import stopping
from core.flows.webhooks import telling
from core.patients.store import profiles as patients
from core.webhooks import rules as hooks

ARRIVED = "arrived"  # why steps of the visit's sequences stopped


def arrived(session: Session, doer: Doer, visit_id: str, *, now: datetime) -> bool:
    """The patient is here; whether that is news.

    Raises Denied, NotFound, InvalidInput(visit) long before its time, LostRace where the visit ended.
    """
    visit = _booked(session, doer, visit_id, now)
    if visit.arrived_at:
        return False
    _refuse_far(visit, now)
    _mark(session, doer, visit, "visit_arrived", now, arrived_at=now)
    stopping.stop_visit(session, visit.id, ARRIVED, by=doer.staff_id, now=now)
    telling.tell(session, hooks.ARRIVED, visit.id, now)
    return True


def in_room(session: Session, doer: Doer, visit_id: str, *, now: datetime) -> bool:
    """They are in their room, so they have arrived too; whether that is news. Raises what `arrived` raises."""
    arrived(session, doer, visit_id, now=now)
    visit = visits.get(session, visit_id)
    if visit.in_room_at:
        return False
    _mark(session, doer, visit, "visit_in_room", now, in_room_at=now)
    return True


def undo_arrived(session: Session, doer: Doer, visit_id: str, *, now: datetime) -> None:
    """They are not here after all, and in no room: what its arrival stopped and is still to come goes out again.

    Raises Denied, NotFound, LostRace where it is not marked any more or the visit ended.
    """
    visit = _booked(session, doer, visit_id, now)
    if visit.arrived_at is None:
        raise LostRace("This visit is not marked 'arrived' any more.")
    _mark(session, doer, visit, "visit_not_arrived", now, arrived_at=None, in_room_at=None)
    stopping.revive_visit(session, visit.id, visit.arrived_at, by=doer.staff_id or "", now=now)


def undo_in_room(session: Session, doer: Doer, visit_id: str, *, now: datetime) -> None:
    """They wait still. Raises what `undo_arrived` raises."""
    visit = _booked(session, doer, visit_id, now)
    if visit.in_room_at is None:
        raise LostRace("This visit is not marked 'in room' any more.")
    _mark(session, doer, visit, "visit_not_in_room", now, in_room_at=None)


def heard_here(session: Session, doer: Doer, lead_id: str, *, now: datetime) -> bool:
    """The patient wrote that they are here: of the visit that may be meant; whether there is one and it is news."""
    ahead = changing.ahead(session, lead_id)
    if ahead is None or not rules.may_be_here(ahead.starts_at, now):
        return False
    return arrived(session, doer, ahead.id, now=now)


def _booked(session: Session, doer: Doer, visit_id: str, now: datetime) -> Visit:
    """The visit as it stands, once nobody else can change it. Raises Denied, NotFound, LostRace."""
    if isinstance(doer, Actor):
        require(doer, Permission.WORK_LEADS)
    patients.touch(session, visits.get(session, visit_id).patient_id, now)  # first: see settling.after_sent
    visit = visits.get(session, visit_id)
    if visit.state != "booked":
        raise LostRace(changing.stands(session, visit_id))
    return visit


def _refuse_far(visit: Visit, now: datetime) -> None:
    if not rules.may_be_here(visit.starts_at, now):
        words = "This visit is not today. Move it to today first, or book another one."
        raise InvalidInput.of("visit", words)


def _mark(
    session: Session, doer: Doer, visit: Visit, kind: str, now: datetime, **marks: datetime | None
) -> None:
    if not visits.change(session, visit.id, "booked", **marks):
        raise LostRace(changing.stands(session, visit.id))
    tell(session, doer, visit.lead_id, kind, now, {"visit": visit.id})
