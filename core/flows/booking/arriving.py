"""The patient is at the clinic: arrived, in a room, and each mark taken back.

That they have arrived is one fact, whoever says it: staff on any page, or the patient's HERE. From then on the visit is
`attended`: it counts in the funnel, can't be missed, called off or moved, and nobody is reminded of it. `ended_at` is
the arrival until it is completed (`completing`). A mark that stands already is no error: the front desk and the
patient's text often say it within the same second.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import rules
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Doer, Permission, require
from core.flows.booking import changing, noting
from core.flows.leads import contact_history
from core.flows.sequences import stopping
from core.flows.webhooks import telling
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.webhooks import rules as hooks

ARRIVED = "arrived"  # why steps of the visit's sequences stopped


def arrived(session: Session, doer: Doer, visit_id: str, *, now: datetime) -> bool:
    """The patient is here; whether that is news.

    Raises Denied, NotFound, InvalidInput(visit) long before its time or where the lead is disqualified, LostRace where
    the visit ended otherwise.
    """
    visit = _alone(session, doer, visit_id, now)
    if visit.state == "attended":
        met(session, doer, visit, now)
        return False
    came(session, doer, leads.get(session, visit.lead_id), visit, now)
    return True


def _alone(session: Session, doer: Doer, visit_id: str, now: datetime) -> Visit:
    """The visit as it stands, once nobody else can change it. Raises Denied, NotFound."""
    if isinstance(doer, Actor):
        require(doer, Permission.WORK_LEADS)
    patients.touch(session, visits.get(session, visit_id).patient_id, now)  # first: see settling.after_sent
    return visits.get(session, visit_id)


def came(session: Session, doer: Doer, lead: LeadBrief, visit: Visit, now: datetime) -> None:
    """Somebody came for a visit ahead, that nobody else can change now. Raises InvalidInput(visit), LostRace."""
    _refuse(doer, lead, visit, now)
    here = {"state": "attended", "arrived_at": now, "ended_at": now, "ended_by": doer.staff_id}
    if not visits.change(session, visit.id, "booked", **here):
        raise LostRace(changing.stands(session, visit.id))
    stopping.stop_visit(session, visit.id, ARRIVED, by=doer.staff_id, now=now)
    if isinstance(doer, Actor):
        noting.come_in(session, doer, lead, now)
    if leads.first_time(session, lead.id, "attended_at", now):
        noting.count(session, lead, "attended", 0, now)
    noting.raise_stage(session, lead, "attended", 0, now)
    noting.tell(session, doer, lead.id, "attended", now, {"visit": visit.id})
    telling.tell(session, hooks.ARRIVED, visit.id, now)


def _refuse(doer: Doer, lead: LeadBrief, visit: Visit, now: datetime) -> None:
    if isinstance(doer, Actor) and lead.state == "disqualified":
        raise InvalidInput.of("visit", "This lead is disqualified. Reopen it first.")
    if visit.starts_at and visit.starts_at - now > rules.HERE_AROUND:
        raise InvalidInput.of("visit", "This visit is not today. Move it to the time at which they came.")


def met(session: Session, doer: Doer, visit: Visit, now: datetime) -> None:
    """Staff speak with somebody who had said by text that they are here: it is answered now, not before."""
    if isinstance(doer, Actor) and visit.ended_by is None:
        noting.come_in(session, doer, leads.get(session, visit.lead_id), now)


def undo_arrived(
    session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime
) -> None:
    """They are not here after all, and in no room: the visit is ahead again, and what its arrival stopped and is still
    to come goes out. Whoever came without a booking has had no visit.

    Raises Denied, NotFound, LostRace where it is completed or not marked any more, or another visit is booked since.
    """
    visit = _here(session, actor, visit_id, now)
    if visit.is_completed:
        raise LostRace("This visit is completed. Take that back first.")
    not_here(session, reference, actor, leads.get(session, visit.lead_id), visit, now)


def _here(session: Session, actor: Actor, visit_id: str, now: datetime) -> Visit:
    visit = _alone(session, actor, visit_id, now)
    if visit.state != "attended":
        raise LostRace("This visit is not marked 'arrived' any more.")
    return visit


def not_here(
    session: Session, reference: Reference, doer: Doer, lead: LeadBrief, visit: Visit, now: datetime
) -> None:
    """The arrival at a visit, that nobody else can change now, is taken back. Raises LostRace."""
    walked_in, by = lead.booked_at is None, doer.staff_id or ""
    if not walked_in and changing.ahead(session, lead.id):
        raise LostRace("Another visit is booked since. Cancel that one first.")
    unmarked = {"arrived_at": None, "in_room_at": None, "ended_at": None, "ended_by": None}
    visits.change(session, visit.id, "attended", state="withdrawn" if walked_in else "booked", **unmarked)
    if visit.came_at:
        stopping.revive_visit(session, visit.id, visit.came_at, by=by, now=now)
    _set_attended(session, lead, now)
    if walked_in:
        contact_history.never_booked(session, reference, lead, visit.created_at, by=by, now=now)
    noting.tell(session, doer, lead.id, "unmarked", now, {"stage": "attended", "visit": visit.id})


def _set_attended(session: Session, lead: LeadBrief, now: datetime) -> None:
    """`attended_at` is that of the first visit that somebody came for; with none the lead has not come."""
    came_at = [one.came_at for one in visits.of_lead(session, lead.id) if one.state == "attended"]
    first = min(filter(None, came_at), default=None)
    if first == leads.stage_at(session, lead.id, "attended_at"):
        return
    leads.change(session, lead.id, now, attended_at=first)
    analytics.withdraw(session, lead.id, "attended")
    if first:
        noting.count(session, lead, "attended", 0, first)
    else:
        changing.lower_status(session, lead, now)


def in_room(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> bool:
    """They are in their room, so they have arrived too; whether that is news.

    Raises what `arrived` raises, and LostRace where it is completed.
    """
    arrived(session, actor, visit_id, now=now)
    visit = visits.get(session, visit_id)
    if visit.is_completed:
        raise LostRace("This visit is completed already.")
    if visit.in_room_at:
        return False
    _mark(session, actor, visit, "visit_in_room", now, in_room_at=now)
    return True


def undo_in_room(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """They wait still. Raises Denied, NotFound, LostRace where that is not marked any more."""
    visit = _here(session, actor, visit_id, now)
    if visit.in_room_at is None:
        raise LostRace("This visit is not marked 'in room' any more.")
    _mark(session, actor, visit, "visit_not_in_room", now, in_room_at=None)


def _mark(
    session: Session, actor: Actor, visit: Visit, kind: str, now: datetime, **marks: datetime | None
) -> None:
    visits.change(session, visit.id, "attended", **marks)
    noting.tell(session, actor, visit.lead_id, kind, now, {"visit": visit.id})


def heard_here(session: Session, doer: Doer, lead_id: str, *, now: datetime) -> bool:
    """The patient wrote that they are here: of the visit that may be meant; whether there is one and it is news."""
    ahead = changing.ahead(session, lead_id)
    if ahead is None or not rules.may_be_here(ahead.starts_at, now):
        return False
    return arrived(session, doer, ahead.id, now=now)
