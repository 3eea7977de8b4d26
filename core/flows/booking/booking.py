"""A service is booked at a time: a held one that is confirmed, or one that is taken at once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking import store_reservations as reservations
from core.booking.catalogue import Service
from core.booking.store import Visit
from core.booking.store_holds import Hold
from core.booking.store_reservations import VISIT, Owner
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.roles import Doer
from core.flows.booking import changing, holding, keeping, noting
from core.flows.booking.holding import Holder
from core.flows.booking.keeping import TAKEN, Wanted
from core.flows.booking.noting import Booked
from core.free_times import Wish
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference

GONE = "This is not offered any more. Choose another one."


def service_of(reference: Reference, code: str) -> Service:
    """Raises InvalidInput(service) for none that may be booked now."""
    found = reference.bookable.services.get(code)
    if found is None or found.retired:
        raise InvalidInput.of("service", GONE)
    return found


def confirm(
    session: Session,
    reference: Reference,
    doer: Doer,
    lead_id: str,
    hold_id: str,
    came_by: str,
    *,
    now: datetime,
) -> Visit:
    """The held time is the lead's visit; the same again where it was confirmed before: a second tap books nothing.

    A hold that ran out counts as long as nobody else has its time. Raises SlotTaken, LostRace where the lead has
    another visit ahead, InvalidInput(service).
    """
    lead = leads.get(session, lead_id)
    patients.touch(session, lead.patient_id, now)  # first: a second tap waits here
    held = holds.find(session, hold_id)
    if held is None or held.lead_id not in (None, lead_id):
        return _booked_before(session, lead_id)
    if held.visit_id:
        return _move_to(session, reference, doer, held, now)
    visit_id = _note(session, doer, reference, lead, held, came_by, now)
    _keep_for_visit(session, reference, held, visit_id, now)
    holds.forget(session, hold_id)
    return visits.get(session, visit_id)


def _booked_before(session: Session, lead_id: str) -> Visit:
    """Where the hold is gone: booked by the tap before, or let go meanwhile."""
    ahead = changing.ahead(session, lead_id)
    if ahead is None:
        raise SlotTaken(TAKEN)
    return ahead


def _note(
    session: Session,
    doer: Doer,
    reference: Reference,
    lead: LeadBrief,
    held: Hold,
    came_by: str,
    now: datetime,
) -> str:
    service = service_of(reference, held.service)
    booked = Booked(
        starts_at=held.starts_at,
        location=held.location,
        provider_id=held.provider_id,
        kind=service.kind,
        service=service.code,
        ends_at=held.ends_at,
        room=held.room,
        device=held.device,
        price_cents=service.price_cents,
        came_by=came_by,
    )
    return noting.note_booking(session, doer, lead, booked, now)


def _keep_for_visit(session: Session, reference: Reference, held: Hold, visit_id: str, now: datetime) -> None:
    """What the hold kept is the visit's. Where it ran out and was forgotten, it is taken anew. Raises SlotTaken."""
    visit = visits.get(session, visit_id)
    if reservations.hand_over(session, held.id, visit_id) == len(visit.resources):
        return
    reservations.release(session, [visit_id])
    service = service_of(reference, held.service)
    wanted, owner = Wanted(held.starts_at, held.provider_id), Owner(VISIT, visit_id)
    place = keeping.keep(
        session, reference, service, held.location, wanted, owner, now, liked=visit.resources
    )
    visits.change(session, visit_id, "booked", room=place.room, device=place.device)


def _move_to(session: Session, reference: Reference, doer: Doer, held: Hold, now: datetime) -> Visit:
    """The visit moves to the time that was held for it. Raises SlotTaken, LostRace where the visit ended meanwhile."""
    visit = visits.get(session, held.visit_id or "")
    holds.drop(session, held.id)  # within this transaction nobody else can take it
    to = Wanted(held.starts_at, held.provider_id)
    changing.move(
        session,
        reference,
        doer,
        replace(visit, location=held.location),
        to,
        seen=visit.starts_at,
        now=now,
    )
    visits.change(session, visit.id, "booked", location=held.location)
    return visits.get(session, visit.id)


def book_at(
    session: Session,
    reference: Reference,
    doer: Doer,
    lead_id: str,
    wish: Wish,
    starts_at: datetime,
    came_by: str,
    *,
    now: datetime,
) -> Visit:
    """Without a hold before: taken and booked in one transaction. Raises SlotTaken, LostRace."""
    if changing.ahead(session, lead_id):
        raise LostRace("A visit is booked already. Move that one instead.")
    rules = reference.bookable.rules
    holder = Holder(
        holds.STAFF if doer.staff_id else holds.WIDGET, rules.hold, lead_id, made_by=doer.staff_id
    )
    held = holding.hold(session, reference, wish, starts_at, holder, now)
    return confirm(session, reference, doer, lead_id, held.id, came_by, now=now)
