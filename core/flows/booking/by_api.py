"""The booking API: a visit is booked, moved, cancelled by a system of the clinic's that has a key.

Whoever books is found or made as by a form, in the one transaction that takes the time: where it is gone, there is no
lead either. Accepting a form plans what its lead is told and how soon somebody calls; booking stops just that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core import free_times, wishes
from core.app import App
from core.booking import rules
from core.booking import store as visits
from core.booking import store_reservations as reservations
from core.booking.catalogue import Service
from core.booking.store import Visit
from core.db.trouble import was_deadlock
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.names import fold
from core.domain.roles import PATIENT
from core.flows.booking import api_answers, api_leads, booking, changing, holding, own_changes
from core.flows.booking.api_leads import Contact
from core.flows.booking.api_repeats import Named, repeatedly
from core.flows.booking.keeping import TAKEN, Wanted
from core.free_times import Wish
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference

T = TypeVar("T")
TRIES = 4  # the first two bookings of one new number at the same moment: the second try meets the first
CAME_BY = "api"
PAST = "This time has passed. Choose another one."
NOTED = "Staff noted this visit without a service. Ask the clinic to change it."
BEGUN = "This visit has begun already. Ask the clinic."


@dataclass(frozen=True)
class BookingRequest:
    """What a caller asks for, as it is written; '' for what is not given. `campaign` is the utm_campaign."""

    treatment: str
    date: str
    time: str
    contact: Contact
    provider: str = ""
    location: str = ""
    patient_id: str = ""
    submission_id: str = ""
    source: str = ""
    campaign: str = ""
    tracking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """The document that is answered. `is_new` False for a request that was answered before."""

    document: dict[str, Any]
    is_new: bool = True


class TimeGone(SlotTaken):
    """The time is not free. What was wished for is known, so that something near it can be offered."""

    def __init__(self, wish: Wish, starts_at: datetime) -> None:
        super().__init__(TAKEN)
        self.wish, self.starts_at = wish, starts_at


def create(app: App, asked: BookingRequest, named: Named | None, *, now: datetime) -> Answered:
    """Book it. `named`: the request has a name of its own, and is answered the same when it comes again.

    Raises InvalidInput with every fault, TimeGone, and LostRace where the person has a visit ahead already.
    """
    return _again(lambda: _create(app, asked, named, now))


def _create(app: App, asked: BookingRequest, named: Named | None, now: datetime) -> Answered:
    with app.db.write() as session:

        def work(form_id: str) -> tuple[str, dict[str, Any]]:
            visit = _book(session, app, asked, form_id, now)
            return visit.lead_id, api_answers.of_visit(session, app.reference, app.settings, visit, now)

        document, is_new = repeatedly(session, named, work, now)
        return Answered(document, is_new)


def _again(work: Callable[[], T]) -> T:
    for tries_left in reversed(range(TRIES)):
        try:
            return work()
        except (IntegrityError, OperationalError) as error:
            again = isinstance(error, IntegrityError) or was_deadlock(error)
            if not (again and tries_left):
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _book(session: Session, app: App, asked: BookingRequest, form_id: str, now: datetime) -> Visit:
    reference = app.reference
    person = api_leads.named(session, asked.patient_id, asked.submission_id, asked.contact)
    wish, starts_at = _wished(session, reference, asked, person.location, now)
    if not person.patient_id:
        api_leads.refuse_faults(reference, asked.contact, now)
    api_leads.refuse_second(session, person)
    if not holding.free_at(session, reference, wish, starts_at, now):
        raise TimeGone(wish, starts_at)
    lead = _lead(session, app, asked, person, wish, form_id, now)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    _refuse_unfit(session, reference, lead, wish.service, starts_at)
    try:
        return booking.book_at(session, reference, PATIENT, lead.id, wish, starts_at, CAME_BY, now=now)
    except SlotTaken:
        raise TimeGone(wish, starts_at) from None


def _wished(
    session: Session, reference: Reference, asked: BookingRequest, usual: str, now: datetime
) -> tuple[Wish, datetime]:
    """Raises InvalidInput with every field that can't be used."""
    times = free_times.read(session, reference, now, now, now)
    read = Readings()
    service = read(lambda: wishes.service_of(reference, asked.treatment))
    location = read(lambda: wishes.location_of(reference, asked.location))
    provider = read(lambda: wishes.provider_of(times.providers, asked.provider))
    day = read(lambda: wishes.day_of(asked.date, now.date()))
    if service:
        where = location or ("" if provider else usual)
        wish = read(lambda: wishes.wish_of(times, service, where, provider))
    zone = reference.clinic.hours(wish.location if service and wish else "").zone
    moment = read(lambda: wishes.moment_of(day or now.date(), asked.time, zone))
    if day and moment and moment < now:
        read.errors += InvalidInput.of("time", PAST).errors
    if read.errors or not (service and wish and moment):
        raise InvalidInput(read.errors)
    return wish, moment


class Readings:
    """Reads one field after the other, and keeps the faults of all."""

    def __init__(self) -> None:
        self.errors: list[Any] = []

    def __call__(self, reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except InvalidInput as refused:
            self.errors += refused.errors
            return None


def _lead(
    session: Session,
    app: App,
    asked: BookingRequest,
    person: api_leads.Person,
    wish: Wish,
    form_id: str,
    now: datetime,
) -> LeadBrief:
    """The one that the request belongs to, else a new one."""
    if person.lead:
        return person.lead
    tracking = dict(asked.tracking) | ({"utm_campaign": asked.campaign} if asked.campaign else {})
    wanted = api_leads.Wanted(wish.service.treatment, wish.location, asked.source, tracking, form_id)
    return leads.get(session, api_leads.make(session, app, person, asked.contact, wanted, now))


def _refuse_unfit(
    session: Session, reference: Reference, lead: LeadBrief, service: Service, starts_at: datetime
) -> None:
    """Nobody is in two places, or has what comes after something else before it. Raises LostRace, InvalidInput."""
    theirs = leads.of_patient(session, lead.patient_id)
    of_person = [visit for one in theirs for visit in visits.of_lead(session, one.id)]
    until = starts_at + timedelta(minutes=service.minutes)
    other = next((one for one in of_person if _reaches_into(one, starts_at, until)), None)
    if other:
        raise LostRace(f"This person has another visit at that time: {other.code}.")
    before = reference.bookable.services.get(service.needs)
    if before and not any(one.state == "attended" and _was(one, before) for one in of_person):
        raise InvalidInput.of("treatment", f"{before.label} comes first: book {before.code}.")


def _reaches_into(visit: Visit, since: datetime, until: datetime) -> bool:
    if visit.state != "booked" or visit.starts_at is None or visit.ends_at is None:
        return False
    return visit.starts_at < until and visit.ends_at > since


def _was(visit: Visit, service: Service) -> bool:
    """Of what staff only noted down the kind alone is known."""
    return visit.service == service.code or (not visit.service and visit.kind == service.kind)


def show(app: App, visit_id: str, *, now: datetime) -> dict[str, Any]:
    """Raises NotFound."""
    with app.db.write() as session:  # it makes the person's link anew
        visit = visits.get(session, visit_id)
        return api_answers.of_visit(session, app.reference, app.settings, visit, now)


def reschedule(
    app: App, visit_id: str, date: str, time: str, provider: str, *, now: datetime
) -> dict[str, Any]:
    """Another time at the same location; `provider` '' is the same one. Once more is the same.

    Raises NotFound, InvalidInput, TimeGone, and LostRace where it is over.
    """
    with app.db.write() as session:
        visit = _to_change(session, visit_id, now)
        service = app.reference.bookable.services.get(visit.service)
        if visit.starts_at is None or service is None:
            raise LostRace(NOTED)
        wish = _other_wish(session, app.reference, visit, service, provider, now)
        zone = app.reference.clinic.hours(visit.location).zone
        starts_at = wishes.moment_of(wishes.day_of(date, now.date()), time, zone)
        if starts_at < now:
            raise InvalidInput.of("time", PAST)
        if starts_at != visit.starts_at or wish.provider_id not in ("", visit.provider_id):
            _move(session, app.reference, visit, wish, starts_at, now)
        return api_answers.of_visit(session, app.reference, app.settings, visits.get(session, visit_id), now)


def _to_change(session: Session, visit_id: str, now: datetime) -> Visit:
    """Read only once nobody else changes it."""
    patients.touch(session, visits.get(session, visit_id).patient_id, now)  # first: see settling.after_sent
    visit = visits.get(session, visit_id)
    if visit.state != "booked":
        raise LostRace(f"This visit is marked '{rules.STATES[visit.state].lower()}' already.")
    if visit.starts_at and visit.starts_at <= now:
        raise LostRace(BEGUN)
    return visit


def _other_wish(
    session: Session, reference: Reference, visit: Visit, service: Service, provider: str, now: datetime
) -> Wish:
    """With whom it was, unless somebody else is named, or anybody."""
    times = free_times.read(session, reference, now, now, now)
    if not provider:
        return Wish(service, visit.location, visit.provider_id or "")
    return wishes.wish_of(times, service, visit.location, wishes.provider_of(times.providers, provider))


def _move(
    session: Session, reference: Reference, visit: Visit, wish: Wish, starts_at: datetime, now: datetime
) -> None:
    reservations.release(session, [visit.id])  # its own time stands in nobody's way
    slots = holding.free_at(session, reference, wish, starts_at, now)
    slots.sort(key=lambda slot: slot.provider_id != visit.provider_id)
    for slot in slots:
        try:
            to = Wanted(starts_at, slot.provider_id)
            changing.move(session, reference, PATIENT, visit, to, seen=visit.starts_at, now=now)
        except SlotTaken:
            continue
        moved = visits.get(session, visit.id)
        own_changes.say(session, leads.get(session, moved.lead_id), moved, own_changes.MOVED, now)
        return
    raise TimeGone(wish, starts_at)


def cancel(app: App, visit_id: str, reason: str, *, now: datetime) -> dict[str, Any]:
    """`reason`: a code of the clinic's, its words, or ''. Once more is the same. Raises as `reschedule` does."""
    why = _reason(reason)
    with app.db.write() as session:
        visit = visits.get(session, visit_id)
        if visit.state != "cancelled":
            visit = _to_change(session, visit_id, now)
            changing.end(session, app.reference, PATIENT, visit, "cancelled", why, now)
            off = visits.get(session, visit_id)
            own_changes.say(session, leads.get(session, off.lead_id), off, own_changes.CALLED_OFF, now)
        ended = visits.get(session, visit_id)
        return api_answers.of_visit(session, app.reference, app.settings, ended, now)


def _reason(asked: str) -> dict[str, str]:
    wanted = fold(asked)
    code = next((code for code, words in rules.CANCELLED.items() if wanted in (code, fold(words))), "")
    if wanted and not code:
        raise InvalidInput.of("reason", f"One of: {', '.join(rules.CANCELLED)}; or leave it out.")
    return {"reason": code} if code else {}


__all__ = [
    "Answered",
    "BookingRequest",
    "Contact",
    "Named",
    "TimeGone",
    "cancel",
    "create",
    "reschedule",
    "show",
]
