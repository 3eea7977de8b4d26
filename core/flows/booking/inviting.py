"""A visit's calendar invite by email: planned in the transaction that books, moves or ends the visit.

One invite for each state of a visit, named by its `sequence`. One that has not left when the visit changes is taken
back; at hand-over it says what is true then. What was invited to is called off by email, and only that.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import ics, rules
from core.booking import store as visits
from core.booking.ics import Entry, Parties
from core.booking.rules import VISIT
from core.booking.store import Visit
from core.clinic import Clinic, Location
from core.domain.phone import show_phone
from core.domain.ports import Invite
from core.flows.booking import links
from core.messaging.actions import EMAIL, NewAction, Purpose
from core.messaging.store import invites, planning
from core.patients.store import mailboxes, profiles
from core.reference import Reference

BOOKED, MOVED, CANCELLED = "email_visit_booked", "email_visit_moved", "email_visit_cancelled"
CALLED_OFF = ("cancelled", "withdrawn")
SUMMARY = {"en": "Appointment - {}", "es": "Cita - {}"}
CHANGES = {
    "en": "To change or cancel it, call {}. It is called {}.",
    "es": "Para cambiarla o cancelarla, llame al {}. Su clave es {}.",
}
CALL = {"en": "To change or cancel it, call {}.", "es": "Para cambiarla o cancelarla, llame al {}."}


def key_of(visit_id: str, sequence: int) -> str:
    return f"invite:{visit_id}:{sequence}"


def tell(session: Session, visit_id: str, now: datetime) -> None:
    """The visit stands as the database says: whoever has an address is invited, or told that it is off."""
    visit = visits.get(session, visit_id)
    keys = [key_of(visit.id, number) for number in range(visit.sequence)]
    invites.take_back(session, keys, now)
    if visit.starts_at is None or visit.starts_at <= now or not _is_to_be_told(session, visit):
        return
    invited = invites.may_have_left(session, keys)
    if visit.state == "booked" or invited:
        planning.plan(session, _action(visit, MOVED if invited else BOOKED, now), now)


def _is_to_be_told(session: Session, visit: Visit) -> bool:
    concerned = visit.state == "booked" or visit.state in CALLED_OFF
    return concerned and bool(mailboxes.mailbox(session, visit.patient_id).address)


def _action(visit: Visit, template: str, now: datetime) -> NewAction:
    return NewAction(
        key=key_of(visit.id, visit.sequence),
        kind=EMAIL,
        due_at=now,
        purpose=Purpose.TRANSACTIONAL,
        useful_until=visit.starts_at,
        lead_id=visit.lead_id,
        patient_id=visit.patient_id,
        template=CANCELLED if visit.state in CALLED_OFF else template,
        variables=rules.as_it_is(visit.id, visit.sequence),
    )


def attached(
    session: Session,
    clinic: Clinic,
    variables: Mapping[str, str],
    parties: Parties,
    public: str,
    language: str,
    now: datetime,
) -> Invite | None:
    """What an email of these variables carries beside its words; None for one that is no invite."""
    if VISIT not in variables:
        return None
    visit = visits.get(session, variables[VISIT])
    entry = entry_of(visit, clinic, public, language)
    return Invite(ics.CANCEL if entry.cancelled else ics.REQUEST, ics.invite(entry, parties, now))


def file_of(
    session: Session, reference: Reference, code: str, browser: str, public: str, now: datetime
) -> bytes | None:
    """The visit behind a link as a file to take along; None where this browser may not see it, or there is none."""
    seen = links.look(session, code, browser, now)
    if seen.link is None or seen.lead is None:
        return None
    named = [seen.link.visit_id] if seen.link.visit_id else []
    known = visits.find_all(session, named).values() if named else visits.of_lead(session, seen.lead.id)
    visit = next((one for one in known if one.state == "booked" and one.starts_at), None)
    if visit is None:
        return None
    language = profiles.briefs(session, [visit.patient_id])[visit.patient_id].language
    return ics.published([entry_of(visit, reference.clinic, public, language)], now)


def entry_of(visit: Visit, clinic: Clinic, public: str, language: str) -> Entry:
    """A visit whose time is known, as its patient's calendar has it. Raises ValueError for one without."""
    if visit.starts_at is None:
        raise ValueError("a visit without a time has no entry")
    place, known = clinic.location(visit.location), language if language in SUMMARY else "en"
    phone = show_phone(clinic.phone)
    words = CHANGES[known].format(phone, visit.code) if visit.code else CALL[known].format(phone)
    return Entry(
        uid=ics.uid_of(visit.id, public),
        sequence=visit.sequence,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        zone=place.hours.zone,
        summary=SUMMARY[known].format(clinic.short_name),
        location=_where(clinic, place),
        description=words,
        cancelled=visit.state in CALLED_OFF,
    )


def _where(clinic: Clinic, place: Location) -> str:
    return f"{clinic.name}, {place.address}" if place.address else clinic.name
