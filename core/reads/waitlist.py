"""The waitlist for staff: times that came free, who was offered what in which order, who was passed over and why, and
who waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store_offers import Freed, Offer
from core.booking.store_waitlist import Entry
from core.booking.tables import appointments
from core.booking.waitlist_rules import JUMPED, NEXT, OFFERED, OPEN, SKIPPED, STOPPED_WHY, WHY
from core.db.types import is_word
from core.domain.ids import reference as lead_reference
from core.domain.phone import dial_phone, show_phone
from core.domain.roles import Actor, Permission, require
from core.free_times import alike
from core.leads.tables import leads
from core.patients.tables import patients
from core.reference import Reference
from core.staff.store import people

L, P, A = leads.c, patients.c, appointments.c
IN_TURN = "in_turn"  # nobody has come to them yet
# Why a time is offered to nobody any more, where no member of staff said so.
OVER = {
    "nobody": "Nobody else waits for it",
    "asked_enough": "Enough people were asked",
    "too_near": "It is too near to be offered",
    "booked_otherwise": "Somebody else booked it",
    "blocked": "It was blocked",
}


@dataclass(frozen=True)
class Person:
    """Somebody who waits. `name` '' where it was erased; `dial`: the number as a link has it; `call_only`: no text may
    go, staff may call."""

    entry_id: str
    lead_id: str
    ref: str
    name: str
    phone: str
    dial: str
    call_only: bool
    service: str
    location: str
    provider: str
    days: Sequence[int]
    part: str
    notice_minutes: int
    since: datetime
    moves_from: datetime | None  # their visit ahead


@dataclass(frozen=True)
class Asked:
    """One person of one freed time. `place` counts from 1, 0 for who was passed over.

    `state`: as an offer's, or in_turn. `until`: when an offer runs out; of the next in turn, when they are asked at the
    latest. `why` in words; `by`: who asked them before their turn, or calls.
    """

    place: int
    person: Person
    offer_id: str
    state: str
    until: datetime | None
    why: str
    by: str


@dataclass(frozen=True)
class FreedTime:
    """A time that came free. `freed_by`: whose visit was there. `why` in words where it is offered no more."""

    id: str
    service: str
    location: str
    provider_id: str
    provider: str
    starts_at: datetime
    ends_at: datetime
    freed_at: datetime
    freed_by: str
    state: str
    why: str
    visit_id: str | None
    asked: Sequence[Asked]


def freed_times(
    session: Session, reference: Reference, actor: Actor, since: datetime, until: datetime
) -> list[FreedTime]:
    """Those that begin in a stretch of time, in order, whatever became of them. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    slots = offers.slots_between(session, since, until)
    said = offers.offers_of(session, [one.id for one in slots])
    waiting = {one.id: _in_turn(session, reference, one, said) for one in slots if one.state == OPEN}
    named = waitlist.find_all(session, {one.entry_id for one in said})
    every = {**named, **{one.id: one for found in waiting.values() for one in found}}
    known = _people(session, every.values())
    names = people.names(session, sorted(_staff_of(slots, said)))
    visitors = _visitors(session, [one.freed_by for one in slots if one.freed_by])
    return [
        FreedTime(
            id=one.id,
            service=_label(reference, one.service),
            location=one.location,
            provider_id=one.provider_id,
            provider=names.get(one.provider_id, ""),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            freed_at=one.freed_at,
            freed_by=visitors.get(one.freed_by or "", ""),
            state=one.state,
            why=STOPPED_WHY.get(one.reason, OVER.get(one.reason, "")),
            visit_id=one.visit_id,
            asked=_asked(known, names, [o for o in said if o.slot_id == one.id], waiting.get(one.id, [])),
        )
        for one in slots
    ]


def _in_turn(session: Session, reference: Reference, slot: Freed, said: Iterable[Offer]) -> list[Entry]:
    """Who comes after those of whom something was said."""
    told = {one.entry_id for one in said if one.slot_id == slot.id}
    services = alike(reference, slot.service, slot.ends_at - slot.starts_at, slot.provider_id)
    found = waitlist.waiting_for(session, services, slot.location, slot.provider_id)
    return [one for one in found if one.id not in told]


def _asked(
    known: Mapping[str, Person], names: Mapping[str, str], said: Sequence[Offer], waiting: Sequence[Entry]
) -> list[Asked]:
    order = {NEXT: 1, SKIPPED: 1}
    turns = sorted(said, key=lambda one: (order.get(one.state, 0), one.made_at, one.id))
    standing = next((one.expires_at for one in said if one.state == OFFERED), None)
    rows: list[Asked] = []
    place = 0
    for one in turns:
        place += one.state != SKIPPED
        rows.append(
            Asked(
                place=0 if one.state == SKIPPED else place,
                person=known[one.entry_id],
                offer_id=one.id,
                state=one.state,
                until=standing if one.state == NEXT else one.expires_at,
                why=WHY.get(one.reason, JUMPED.get(one.reason, "")),
                by=names.get(one.by_staff_id or "", ""),
            )
        )
    next_known = any(one.state == NEXT for one in said)
    for number, entry in enumerate(waiting):
        until = standing if number == 0 and not next_known else None
        rows.append(Asked(place + number + 1, known[entry.id], "", IN_TURN, until, "", ""))
    return rows


def who_waits(session: Session, reference: Reference, actor: Actor, service: str = "") -> list[Person]:
    """Everybody on the list, in their order; those of one service where it is named. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    services = [service] if service else sorted(reference.bookable.services)
    return list(_people(session, waitlist.waiting_all(session, services)).values())


def of_lead(session: Session, actor: Actor, lead_id: str) -> list[Person]:
    """What one lead waits for. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    return list(_people(session, waitlist.waiting_of(session, [lead_id])).values())


def fitting(session: Session, reference: Reference, actor: Actor, slot_id: str) -> list[Person]:
    """Everybody who waits for a freed time and was not asked, whom staff may ask before their turn. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    slot = offers.slot(session, slot_id)
    said = [one for one in offers.offers_of(session, [slot_id]) if one.state != SKIPPED]
    return list(_people(session, _in_turn(session, reference, slot, said)).values())


def _people(session: Session, entries: Iterable[Entry]) -> dict[str, Person]:
    """By entry, in the order of `entries`."""
    every = list(entries)
    rows = session.execute(
        select(L.id, L.number, L.phone, L.call_only, P.first_name, P.last_name)
        .join(patients, P.id == L.patient_id)
        .where(L.id.in_({one.lead_id for one in every}))
    )
    found = {row.id: row for row in rows}
    ahead = _ahead(session, [one.lead_id for one in every])
    names = people.names(session, sorted({one.provider_id for one in every if one.provider_id}))
    return {
        one.id: Person(
            entry_id=one.id,
            lead_id=one.lead_id,
            ref=lead_reference(found[one.lead_id].number),
            name=f"{found[one.lead_id].first_name} {found[one.lead_id].last_name}".strip(),
            phone=show_phone(found[one.lead_id].phone or ""),
            dial=dial_phone(found[one.lead_id].phone or ""),
            call_only=found[one.lead_id].call_only,
            service=one.service,
            location=one.location,
            provider=names.get(one.provider_id or "", ""),
            days=tuple(one.days),
            part=one.part,
            notice_minutes=one.notice_minutes,
            since=one.created_at,
            moves_from=ahead.get(one.lead_id),
        )
        for one in every
    }


def _ahead(session: Session, lead_ids: Sequence[str]) -> dict[str, datetime]:
    rows = session.execute(
        select(A.lead_id, A.starts_at).where(
            A.lead_id.in_(lead_ids), is_word(A.state, "booked"), A.starts_at.is_not(None)
        )
    )
    return {row.lead_id: row.starts_at for row in rows}


def _visitors(session: Session, visit_ids: Sequence[str]) -> dict[str, str]:
    """The names of whose visits these were."""
    rows = session.execute(
        select(A.id, P.first_name, P.last_name)
        .join(patients, P.id == A.patient_id)
        .where(A.id.in_(visit_ids))
    )
    return {row.id: f"{row.first_name} {row.last_name}".strip() for row in rows}


def _staff_of(slots: Iterable[Freed], said: Iterable[Offer]) -> set[str]:
    return {one.provider_id for one in slots} | {one.by_staff_id for one in said if one.by_staff_id}


def _label(reference: Reference, code: str) -> str:
    found = reference.bookable.services.get(code)
    return found.label if found else code
