"""What staff do with a visit at the desk: book it, note who came and what became of them, move it; each taken back.

A lead reaches a stage once (`core/flows/leads/stages.py`); whoever comes a second time for the same request is noted on
the visit alone. A visit that somebody arrived for has `ended_at` at its arrival; one that is completed has it later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import rules
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.booking import arriving, booking, changing, noting
from core.flows.leads import lead_by_hand, stages
from core.flows.leads import noting as notes
from core.flows.leads import visits as lead_visits
from core.flows.leads.lead_by_hand import ByHand
from core.flows.sequences import entering, stopping
from core.flows.webhooks import telling
from core.free_times import Wish
from core.leads.store import leads
from core.patients.store import profiles as patients
from core.reference import Reference
from core.settings import Settings
from core.webhooks import rules as hooks

TODAY = timedelta(hours=12)  # nobody arrives for a visit that is further ahead
A_SECOND = timedelta(seconds=1)


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


def arrive(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """The patient is here. Raises Denied, InvalidInput(visit) long before it, LostRace where it is marked already."""
    require(actor, Permission.WORK_CALENDAR)
    visit = _awaited(session, visit_id)
    if visit.starts_at and visit.starts_at - now > TODAY:
        raise InvalidInput.of("visit", "This visit is not today. Move it to the time at which they came.")
    if "attended_at" in leads.stages_of(session, visit.lead_id):
        _come_again(session, actor, visit, now)
    else:
        stages.mark_stage(session, actor, visit.lead_id, "attended", now=now)
    visits.change(session, visit_id, "attended", arrived_at=now, ended_at=now)


def _awaited(session: Session, visit_id: str) -> Visit:
    """Raises NotFound, and LostRace where it is not ahead any more."""
    visit = visits.get(session, visit_id)
    if visit.state != "booked":
        raise LostRace(changing.stands(session, visit_id))
    return visit


def _come_again(session: Session, actor: Actor, visit: Visit, now: datetime) -> None:
    lead = leads.get(session, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    gone = {"state": "attended", "ended_at": now, "ended_by": actor.staff_id}
    if not visits.change(session, visit.id, "booked", **gone):
        raise LostRace(changing.stands(session, visit.id))
    stopping.stop_visit(session, visit.id, "attended", by=actor.staff_id, now=now)
    noting.come_in(session, actor, lead, now)
    noting.tell(session, actor, lead.id, "attended", now, {"visit": visit.id})
    if visit.arrived_at is None:  # else other systems have heard of it
        telling.tell(session, hooks.ARRIVED, visit.id, now)


def not_arrived(
    session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime
) -> None:
    """Taken back: the visit is awaited again. Raises LostRace where it is completed, or not marked any more."""
    require(actor, Permission.WORK_CALENDAR)
    if visits.get(session, visit_id).state == "booked":  # they wrote HERE, or their lead's page says so
        arriving.undo_arrived(session, actor, visit_id, now=now)
        return
    visit = _here(session, visit_id)
    if _is_done(visit):
        raise LostRace("This visit is completed. Take that back first.")
    if leads.stage_at(session, visit.lead_id, "attended_at") == visit.arrived_at:
        stages.unmark_stage(session, reference, actor, visit.lead_id, "attended", now=now)
    else:
        _awaits_again(session, actor, visit, now)
    visits.change(session, visit_id, "booked", arrived_at=None, in_room_at=None)


def _here(session: Session, visit_id: str) -> Visit:
    visit = visits.get(session, visit_id)
    if visit.state != "attended":
        raise LostRace("Nobody is marked as arrived for this visit any more.")
    return visit


def _is_done(visit: Visit) -> bool:
    return bool(visit.arrived_at and visit.ended_at and visit.ended_at > visit.arrived_at)


def _awaits_again(session: Session, actor: Actor, visit: Visit, now: datetime) -> None:
    patients.touch(session, visit.patient_id, now)  # first: see settling.after_sent
    if changing.ahead(session, visit.lead_id) or not visits.change(
        session, visit.id, "attended", state="booked", ended_at=None, ended_by=None
    ):
        raise LostRace(changing.stands(session, visit.id))
    if visit.ended_at:
        stopping.revive_visit(session, visit.id, visit.ended_at, by=actor.staff_id, now=now)
    noting.tell(session, actor, visit.lead_id, "unmarked", now, {"stage": "attended"})


def in_room(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """They are with their provider; arrived too, where nobody marked that. Raises as `arrive`."""
    require(actor, Permission.WORK_CALENDAR)
    if visits.get(session, visit_id).state == "booked":
        arrive(session, actor, visit_id, now=now)
    if _is_done(_here(session, visit_id)):
        raise LostRace("This visit is completed already.")
    visits.change(session, visit_id, "attended", in_room_at=now)


def not_in_room(session: Session, actor: Actor, visit_id: str) -> None:
    """Taken back: they wait."""
    require(actor, Permission.WORK_CALENDAR)
    visits.change(session, _here(session, visit_id).id, "attended", in_room_at=None)


def complete(session: Session, actor: Actor, visit_id: str, value_cents: int, *, now: datetime) -> None:
    """Treated and checked out. `value_cents` 0 leaves the value open. Raises InvalidInput(value), LostRace."""
    require(actor, Permission.WORK_CALENDAR)
    rules.refuse_value(value_cents)
    if visits.get(session, visit_id).state == "booked":
        arrive(session, actor, visit_id, now=now)
    visit = _here(session, visit_id)
    if _is_done(visit):
        raise LostRace("This visit is completed already.")
    if "treated_at" in leads.stages_of(session, visit.lead_id):
        _treat_again(session, actor, visit, value_cents, now)
    else:
        stages.mark_stage(session, actor, visit.lead_id, "treated", value_cents, now=now)
    done_at = max(now, (visit.arrived_at or now) + A_SECOND)
    came = visit.arrived_at or visit.ended_at or now
    values = {"ended_at": done_at, "arrived_at": came, "value_cents": value_cents}
    visits.change(session, visit_id, "attended", **values)


def _treat_again(session: Session, actor: Actor, visit: Visit, value_cents: int, now: datetime) -> None:
    lead = leads.get(session, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    stopping.stop_sequences(session, lead.id, "checked_out", by=actor.staff_id, now=now)
    entering.checked_out(session, lead, visit.id, now=now)
    worth = {"value_cents": value_cents} if value_cents else {}
    noting.tell(session, actor, lead.id, "treated", now, {"visit": visit.id, **worth})
    telling.tell(session, hooks.COMPLETED, visit.id, now)


def not_complete(
    session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime
) -> None:
    """Taken back: they are still here. Raises LostRace."""
    require(actor, Permission.WORK_CALENDAR)
    visit = _here(session, visit_id)
    if not _is_done(visit):
        raise LostRace("This visit is not completed any more.")
    treated_at = leads.stage_at(session, visit.lead_id, "treated_at")
    if treated_at and visit.arrived_at and treated_at >= visit.arrived_at:
        stages.unmark_stage(session, reference, actor, visit.lead_id, "treated", now=now)
    else:
        stopping.stop_visit(session, visit.id, "taken_back", by=actor.staff_id, now=now)
        noting.tell(session, actor, visit.lead_id, "unmarked", now, {"stage": "treated"})
    visits.change(session, visit_id, "attended", ended_at=visit.arrived_at, value_cents=0)


def confirm(session: Session, actor: Actor, visit_id: str, *, said: bool, now: datetime) -> None:
    """The patient said that they come; `said` False takes it back. Raises LostRace where it is not ahead any more."""
    require(actor, Permission.WORK_CALENDAR)
    if not visits.change(session, visit_id, "booked", confirmed_at=now if said else None):
        raise LostRace(changing.stands(session, visit_id))


def move(
    session: Session,
    reference: Reference,
    settings: Settings,
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

    Raises Denied, InvalidInput(starts_at, provider), SlotTaken, and LostRace where it was moved or ended meanwhile.
    """
    require(actor, Permission.WORK_CALENDAR)
    lead_visits.move(
        session, reference, actor, visit_id, at, seen=seen, provider_id=provider_id or None, now=now
    )
    if reason.strip():
        lead_id = visits.get(session, visit_id).lead_id
        notes.add_note(session, settings, actor, lead_id, f"Moved without a text: {reason.strip()}", now=now)
