"""What a person's own pages of the waitlist show: what they wait for, and the time that is offered to them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store import Visit
from core.booking.store_links import Link
from core.booking.store_offers import Freed, Offer
from core.booking.store_waitlist import Entry
from core.compliance import store as compliance
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.patients.store.profiles import PatientBrief
from core.reference import Reference
from core.staff.store import treating
from core.staff.tables import staff


@dataclass(frozen=True)
class Whom:
    """Whom a page speaks to. `first_name` '' where the link went to a number that is not theirs, and until a person has
    opened it. `texts`: they can be texted."""

    first_name: str
    language: str
    texts: bool


@dataclass(frozen=True)
class WaitPage:
    """`service` '' where they have to choose one first. `entry` None where they do not wait for it; `provider`: of whom
    they would like it, '' for anyone."""

    whom: Whom
    lead: LeadBrief
    service: str
    entry: Entry | None
    before: int
    provider_id: str
    provider: str
    ahead: Visit | None


@dataclass(frozen=True)
class OfferPage:
    """The offer that stands, or the last that was made; None for none. `waits`: they are still on the list."""

    whom: Whom
    lead: LeadBrief
    offer: Offer | None
    slot: Freed | None
    service: str
    provider: str
    ahead: Visit | None
    waits: bool


def read(
    session: Session, reference: Reference, link: Link, lead: LeadBrief, named: str, provider_id: str
) -> WaitPage:
    """`named`: the service that the address names; `provider_id` as it says too."""
    ahead = _ahead(session, lead.id)
    service = _service(session, reference, link, lead, ahead, named)
    mine = [one for one in waitlist.waiting_of(session, [lead.id]) if one.service == service]
    entry = mine[0] if mine else None
    known = lead.location if lead.location in reference.clinic.locations else ""
    before = (
        waitlist.before(session, entry)
        if entry
        else waitlist.would_be_before(session, service, known, lead.id)
    )
    wanted = (entry.provider_id or "") if entry else provider_id
    name = next((one.first_name for one in treating.providers(session) if one.id == wanted), "")
    who = wanted if name else ""
    return WaitPage(_whom(session, link, lead), lead, service, entry, before, who, name, ahead)


def _service(
    session: Session, reference: Reference, link: Link, lead: LeadBrief, ahead: Visit | None, named: str
) -> str:
    """What the address names, else what they have booked, what the link is for, what they asked for; the visit that
    comes before it, where they have not had that one."""
    online = {one.code: one for one in reference.bookable.online()}
    asked = [one.code for one in reference.bookable.for_treatment(lead.treatment)]
    wanted = (named, ahead.service if ahead else "", link.service, *asked[:1])
    found = next((online[code] for code in wanted if code in online), None)
    if found is None:
        return ""
    theirs = _is_theirs(lead, patients.brief(session, lead.patient_id))
    had = visits.had(session, lead.patient_id) if theirs else frozenset[str]()
    first = reference.bookable.due_first(found, had)
    return first.code if first.code in online else ""


def _is_theirs(lead: LeadBrief, person: PatientBrief) -> bool:
    return lead.phone_index is None or lead.phone_index == person.phone_index


def _whom(session: Session, link: Link, lead: LeadBrief) -> Whom:
    """A form that was matched by email may carry another person's number: who owns that must not learn this name."""
    person = patients.brief(session, lead.patient_id)
    theirs = _is_theirs(lead, person)
    standing = compliance.standing(session, lead.phone_index or "")
    barred = standing.opted_out_at or standing.unreachable_at or standing.transactional_at is None
    return Whom(
        person.first_name if theirs and link.browser_hash else "",
        person.language,
        bool(lead.phone) and not (lead.call_only or barred),
    )


def _ahead(session: Session, lead_id: str) -> Visit | None:
    return next((one for one in visits.of_lead(session, lead_id) if one.state == "booked"), None)


def read_offer(session: Session, link: Link, lead: LeadBrief) -> OfferPage:
    """What stands between a person and a freed time now. Until a person has opened the link it says no treatment."""
    found = offers.newest_of_lead(session, lead.id)
    slot = offers.slot(session, found.slot_id) if found else None
    entry = waitlist.get(session, found.entry_id) if found else None
    name = select(staff.c.name).where(staff.c.id == (slot.provider_id if slot else ""))
    return OfferPage(
        whom=_whom(session, link, lead),
        lead=lead,
        offer=found,
        slot=slot,
        service=entry.service if entry and link.browser_hash else "",
        provider=session.execute(name).scalar_one_or_none() or "",
        ahead=_ahead(session, lead.id),
        waits=bool(waitlist.waiting_of(session, [lead.id])),
    )


def is_theirs(session: Session, lead: LeadBrief, offer_id: str) -> bool:
    """Whether an offer was made to this lead."""
    found = offers.find(session, offer_id)
    return found is not None and waitlist.get(session, found.entry_id).lead_id == lead.id
