"""Somebody joins the waitlist for a service, wants something else of it, or leaves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store_waitlist import Entry
from core.booking.waitlist_rules import LEFT, OFFERED, OPEN, PASSED, Wanted, checked
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Doer
from core.flows.booking import ending_offers
from core.flows.booking.booking import GONE, service_of
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.staff.store import treating

ON_IT = "They are on the list for this already. Change what they want of it instead."


@dataclass(frozen=True)
class Place:
    """Where somebody stands on the list of a service. `entry` None: not on it, and `before` is who would be before."""

    service: str
    entry: Entry | None
    before: int


def join(
    session: Session,
    reference: Reference,
    doer: Doer,
    lead_id: str,
    service: str,
    wanted: Wanted,
    *,
    now: datetime,
) -> Entry:
    """Wait for a service from now on, behind everybody who waits.

    Raises InvalidInput(service, days, part, notice, location, provider, lead), and LostRace where they wait already.
    """
    lead = _open(session, lead_id, now)
    _may_wait(session, reference, doer, lead, service)
    fits = _checked(session, reference, wanted)
    if not waitlist.add(session, lead.id, lead.patient_id, service, fits, doer.staff_id, now):
        raise LostRace(ON_IT)
    ending_offers.note(session, lead.id, "waitlist_joined", doer, now, service=service)
    entry = _entry(session, lead.id, service)
    _look_at_open_times(session, reference, entry, now)
    return entry


def _open(session: Session, lead_id: str, now: datetime) -> LeadBrief:
    lead = leads.get(session, lead_id)
    if lead.state in OVER:
        raise InvalidInput.of("lead", "This request is closed. Open it again first, or call us.")
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    return lead


def _may_wait(session: Session, reference: Reference, doer: Doer, lead: LeadBrief, code: str) -> None:
    """Staff know what somebody may have; patients wait for what they may book by themselves. Raises InvalidInput."""
    service = service_of(reference, code)
    first = reference.bookable.due_first(service, visits.had(session, lead.patient_id))
    if doer.staff_id is None and (not service.online or first.code != code):
        raise InvalidInput.of("service", GONE)


def _checked(session: Session, reference: Reference, wanted: Wanted) -> Wanted:
    providers = {one.id for one in treating.providers(session)}
    return checked(wanted, reference.clinic.locations, providers)


def _entry(session: Session, lead_id: str, service: str) -> Entry:
    return next(one for one in waitlist.waiting_of(session, [lead_id]) if one.service == service)


def _look_at_open_times(session: Session, reference: Reference, entry: Entry, now: datetime) -> None:
    """What is free and waits for somebody who can be asked may suit whoever has just come."""
    furthest = now + timedelta(days=reference.bookable.rules.ahead)
    for slot in offers.slots_between(session, now, furthest):
        if slot.state == OPEN:
            ending_offers.ask_next(session, slot.id, f"joined:{entry.id}", now)


def change(
    session: Session, reference: Reference, doer: Doer, entry_id: str, wanted: Wanted, *, now: datetime
) -> None:
    """Other days, times or places; the place in the order stays. Raises as `join`, LostRace for who waits no more."""
    entry = waitlist.get(session, entry_id)
    patients.touch(session, entry.patient_id, now)
    if not waitlist.change(session, entry_id, _checked(session, reference, wanted)):
        raise LostRace("This place on the list has ended. Join again.")
    ending_offers.note(session, entry.lead_id, "waitlist_changed", doer, now, service=entry.service)
    _look_at_open_times(session, reference, entry, now)


def leave(session: Session, doer: Doer, entry_id: str, *, now: datetime) -> bool:
    """Wait no more, and let go what is offered to them; whether they still waited."""
    entry = waitlist.get(session, entry_id)
    patients.touch(session, entry.patient_id, now)
    for standing in offers.standing_of(session, [entry.lead_id]):
        if standing.entry_id == entry_id and standing.state == OFFERED:
            offers.lock_slot(session, standing.slot_id)
            ending_offers.end(session, standing, PASSED, "left", now, doer=doer)
    if not waitlist.end(session, entry_id, LEFT, now):
        return False
    ending_offers.note(session, entry.lead_id, "waitlist_left", doer, now, service=entry.service)
    return True


def place(session: Session, reference: Reference, lead: LeadBrief, service: str) -> Place:
    """Where a lead stands for a service."""
    mine = [one for one in waitlist.waiting_of(session, [lead.id]) if one.service == service]
    if mine:
        return Place(service, mine[0], waitlist.before(session, mine[0]))
    known = lead.location if lead.location in reference.clinic.locations else ""
    return Place(service, None, waitlist.would_be_before(session, service, known, lead.id))


def service_for(reference: Reference, lead: LeadBrief, named: str = "") -> str:
    """The service that a lead waits for: the one that a link or a text names, else that of the treatment that they
    asked for; '' where neither says."""
    found = reference.bookable.services.get(named)
    if found and not found.retired:
        return named
    offered = reference.bookable.for_treatment(lead.treatment)
    return offered[0].code if offered else ""
