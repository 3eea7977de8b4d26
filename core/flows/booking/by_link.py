"""What a patient does on their own page (`/b/<code>`): hold a time, book or move to it, cancel, ask for a call.

Whether the browser may act for this lead at all is asked before (`core.flows.booking.links`). Nothing that the page
sends is believed: each act looks again at what is offered, to whom, and until when.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import rules
from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking.catalogue import Service
from core.booking.store import Visit
from core.booking.store_holds import LINK, Hold
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.roles import PATIENT
from core.flows.booking import booking, changing, holding, own_changes
from core.flows.booking.holding import Holder
from core.flows.booking.keeping import TAKEN
from core.flows.booking.noting import tell
from core.flows.leads import tasks
from core.free_times import Wish
from core.leads.store import tasks as lead_tasks
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla.rules import due_after
from core.staff.store import treating

MINUTE = timedelta(minutes=1)
CALL_WITHIN = timedelta(minutes=15)  # of opening hours, from when somebody asks for it
TOO_LATE = "This visit can't be changed by its link any more. Call us."
BOOKED = "A visit is booked already. Change that one instead."


@dataclass(frozen=True)
class Picked:
    """A time that somebody tapped. `provider_id` '' is anyone; `moves`: the visit ahead would move there."""

    service: str
    location: str
    provider_id: str
    at: datetime
    moves: bool = False


@dataclass(frozen=True)
class Confirmed:
    """A visit that stands. `again`: it did before the tap; `moved`: it stood at another time."""

    visit: Visit
    again: bool
    moved: bool


def hold(
    session: Session, reference: Reference, lead: LeadBrief, picked: Picked, language: str, *, now: datetime
) -> Hold:
    """Keep the time that was tapped, with anyone who speaks `language` ('' the patient's own) rather than others.

    Raises InvalidInput(service, location, provider, at) for what is not offered, SlotTaken, and LostRace where a visit
    is booked already, or is none that may still move.
    """
    patients.touch(session, lead.patient_id, now)  # first: two taps of one person wait for one another
    moving = _ahead_to_move(session, reference, lead, now) if picked.moves else None
    if moving is None and changing.ahead(session, lead.id):
        raise LostRace(BOOKED)
    service = (
        booking.service_of(reference, moving.service)
        if moving
        else _offered(session, reference, lead, picked.service)
    )
    _refuse_place(session, reference, picked)
    _refuse_time(reference, picked, now)
    spoken = language or patients.brief(session, lead.patient_id).language
    wish = Wish(service, picked.location, picked.provider_id, spoken)
    minutes = reference.bookable.rules.hold
    holder = Holder(LINK, minutes, lead.id, moving.id if moving else None)
    return holding.hold(session, reference, wish, picked.at, holder, now)


def _offered(session: Session, reference: Reference, lead: LeadBrief, code: str) -> Service:
    """Raises InvalidInput(service) for what patients don't book by themselves, or must have had another one before."""
    service = booking.service_of(reference, code)
    first = reference.bookable.due_first(service, visits.had(session, lead.patient_id))
    if not service.online or first.code != service.code:
        raise InvalidInput.of("service", booking.GONE)
    return service


def _refuse_place(session: Session, reference: Reference, picked: Picked) -> None:
    """Raises InvalidInput(location, provider) for a place that is closed for good, and a person who left or is
    elsewhere."""
    if picked.location not in reference.clinic.locations:
        raise InvalidInput.of("location", booking.GONE)
    here = {one.id: reference.clinic.location(one.location).slug for one in treating.providers(session)}
    if picked.provider_id and here.get(picked.provider_id) != picked.location:
        raise InvalidInput.of("provider", booking.GONE)


def _refuse_time(reference: Reference, picked: Picked, now: datetime) -> None:
    """Raises InvalidInput(at) for a moment that no page of ours offers."""
    terms = reference.bookable.rules
    if not now < picked.at <= now + timedelta(days=terms.ahead):
        raise InvalidInput.of("at", "This time has passed, or is too far away. Choose another one.")
    local = picked.at.astimezone(reference.clinic.location(picked.location).hours.zone)
    if local.minute % terms.step or local.second or local.microsecond:
        raise InvalidInput.of("at", "This is not one of the times that we offer. Choose another one.")


def may_change(reference: Reference, visit: Visit, now: datetime) -> bool:
    """Whether the patient may still move or cancel it by the link."""
    return visit.starts_at is not None and now <= rules.change_until(
        visit.starts_at, reference.bookable.rules.change
    )


def _ahead_to_move(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> Visit:
    """Raises LostRace."""
    visit = changing.ahead(session, lead.id)
    if visit is None or not visit.service or not may_change(reference, visit, now):
        raise LostRace(TOO_LATE)
    return visit


def confirm(
    session: Session, reference: Reference, lead: LeadBrief, hold_id: str, *, now: datetime
) -> Confirmed:
    """The held time is the visit. A second tap books nothing. Raises as `booking.confirm`, and LostRace where a visit
    may not move any more: a time that is still held was held early enough."""
    patients.touch(session, lead.patient_id, now)
    held, before = holds.find(session, hold_id), changing.ahead(session, lead.id)
    if held and (held.lead_id, held.kind) != (lead.id, LINK):
        raise SlotTaken(TAKEN)
    moved = held is not None and held.visit_id is not None
    if held and moved and held.expires_at <= now:
        _ahead_to_move(session, reference, lead, now)
    visit = booking.confirm(session, reference, PATIENT, lead.id, hold_id, "link", now=now)
    if held and visit.starts_at != held.starts_at:
        raise SlotTaken(TAKEN)  # the hold was swept away between two looks: what stands is another time
    if moved:
        own_changes.say(session, lead, visit, own_changes.MOVED, now)
    return Confirmed(visit, again=before is not None and not moved, moved=moved)


def let_go(session: Session, lead_id: str, hold_id: str) -> bool:
    """A time of theirs is free for others; whether it was held."""
    mine = [one.id for one in holds.of_lead(session, lead_id, LINK)]
    return hold_id in mine and holding.let_go(session, hold_id)


def cancel(
    session: Session,
    reference: Reference,
    lead: LeadBrief,
    reason: str,
    *,
    seen: datetime | None = None,
    now: datetime,
) -> Visit:
    """The visit ahead is called off, and times held to move it are let go; the visit as it was. `seen` is the time that
    the page had asked about, None for one that had said none.

    Raises InvalidInput(reason), LostRace where there is none that may still be called off, or it has another time.
    """
    if reason not in rules.CANCELLED_BY_PATIENT:
        raise InvalidInput.of("reason", "Choose one of the reasons.")
    patients.touch(session, lead.patient_id, now)
    visit = changing.ahead(session, lead.id)
    if visit is None or not may_change(reference, visit, now):
        raise LostRace(TOO_LATE)
    if seen not in (None, visit.starts_at):
        raise LostRace(changing.stands(session, visit.id))
    for held in holds.of_lead(session, lead.id, LINK):
        holds.drop(session, held.id)
    changing.end(session, reference, PATIENT, visit, "cancelled", {"reason": reason}, now)
    own_changes.say(session, lead, visits.get(session, visit.id), own_changes.CALLED_OFF, now)
    return visit


def ask_for_call(session: Session, reference: Reference, lead: LeadBrief, *, now: datetime) -> None:
    """Staff have to call, soon and in opening hours. Asked twice it is one call."""
    patients.touch(session, lead.patient_id, now)
    if any(task.asked_by_patient for task in lead_tasks.open_of(session, lead.id)):
        return
    hours = reference.clinic.location(lead.location).hours
    due_at = due_after(hours, now, CALL_WITHIN) or now + CALL_WITHIN
    tasks.plan(session, lead, "call_back", due_at, by=None, words=lead_tasks.ASKED_FOR_CALL, now=now)
    tell(session, PATIENT, lead.id, "call_asked", now, {})
