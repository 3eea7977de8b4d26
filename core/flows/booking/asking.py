"""Whom a freed time can be offered to now, and why not the others.

Whether a text could leave this moment is asked of the decision that it meets at hand-over: what would be held over a
night would run out in it, so it is not made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import free_times
from core.app import App
from core.booking import store as visits
from core.booking import store_offers as offers
from core.booking.store import Visit
from core.booking.store_offers import Freed
from core.booking.store_waitlist import Entry
from core.booking.waitlist_rules import unsuited
from core.compliance.rules import first_common
from core.domain.hours import A_DAY, WeeklyHours, Window, at
from core.flows.booking import ending_offers
from core.flows.sending import dispatch_facts
from core.flows.sending.dispatch_world import NOBODY, World
from core.free_times import Times, Wish
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, Lane, NewAction, Purpose, first_claim
from core.messaging.rules import send_hold_drop
from core.operations import store as operations
from core.reference import Reference


@dataclass(frozen=True)
class Fits:
    """They can be asked now. `visit`: the one of theirs that would move to this time."""

    lead: LeadBrief
    visit: Visit | None


@dataclass(frozen=True)
class Skip:
    """Not now: `reason` is a word of WHY. `until`: when to look again, None for never."""

    reason: str
    until: datetime | None = None


Verdict = Fits | Skip


@dataclass(frozen=True)
class Known:
    """What is true of everybody who waits for one freed time."""

    reference: Reference
    slot: Freed
    leads: Mapping[str, LeadBrief]
    made: Mapping[str, int]  # offers of today, by patient
    open_until: Mapping[str, datetime]  # by patient
    visits: Sequence[Visit]
    times: Times
    world: World | None  # None where somebody calls: no text has to leave
    claims: Mapping[str, Claimed]  # the text as it would be, by entry
    freed_by: str  # whose time it was
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.reference.clinic.location(self.slot.location).hours.zone


def know(
    session: Session, app: App, slot: Freed, entries: Sequence[Entry], now: datetime, *, text: bool = True
) -> Known:
    """Read the facts of everybody at once."""
    people = sorted({entry.patient_id for entry in entries})
    found = leads.find_all(session, sorted({entry.lead_id for entry in entries}))
    claims = {
        entry.id: _as_claimed(found[entry.lead_id], slot, now)
        for entry in entries
        if found[entry.lead_id].phone_index
    }
    world = dispatch_facts.gather(session, app, list(claims.values()), operations.gate(session), now)
    return Known(
        reference=app.reference,
        slot=slot,
        leads=found,
        made=offers.made_since(session, people, today(app.reference, now)),
        open_until=offers.open_until(session, people),
        visits=visits.ahead_of(session, people),
        times=free_times.read(session, app.reference, slot.starts_at - A_DAY, slot.ends_at + A_DAY, now),
        world=world if text else None,
        claims=claims,
        freed_by=_whose_it_was(session, slot),
        now=now,
    )


def _whose_it_was(session: Session, slot: Freed) -> str:
    visit = visits.find_all(session, [slot.freed_by]).get(slot.freed_by) if slot.freed_by else None
    return visit.patient_id if visit else ""


def today(reference: Reference, now: datetime) -> datetime:
    """When the clinic's day began: one waitlist text a day and person."""
    zone = reference.clinic.zone
    return at(now.astimezone(zone).date(), time(), zone)


def tomorrow(reference: Reference, now: datetime) -> datetime:
    """When its next day begins."""
    zone = reference.clinic.zone
    return at(now.astimezone(zone).date() + A_DAY, time(), zone)


def text_of(
    lead: LeadBrief,
    slot: Freed,
    key: str,
    until: datetime,
    now: datetime,
    *,
    useful_until: datetime | None = None,
) -> NewAction:
    """The text that offers the time. What it prints of it is filled in as it leaves."""
    return NewAction(
        key=key,
        kind="text",
        due_at=now,
        purpose=Purpose.TRANSACTIONAL,
        lane=Lane.INSTANT,
        useful_until=useful_until,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        template=ending_offers.TEXT,
        variables={
            "availableAt": slot.starts_at.isoformat(),
            "offerEnds": until.isoformat(),
            "place": slot.location,
        },
        phone=lead.phone,
    )


def _as_claimed(lead: LeadBrief, slot: Freed, now: datetime) -> Claimed:
    return first_claim(text_of(lead, slot, f"offer:{lead.id}", now, now), phone_index=lead.phone_index)


def judge(known: Known, entry: Entry, *, by_staff: bool = False) -> Verdict:
    """Whether somebody is asked now. Staff who ask them before their turn know what suits them."""
    lead = known.leads[entry.lead_id]
    why = "closed" if lead.state in OVER else ""
    if not why and not by_staff:
        own = "own_time" if entry.patient_id == known.freed_by else ""
        why = own or unsuited(entry.wanted, known.slot.starts_at, known.zone, known.now)
    visit, other = _visit_of(known, entry)
    why = why or other or ("" if _is_free(known, entry, by_staff=by_staff) else "not_free")
    if why:
        return Skip(why)
    if until := known.open_until.get(entry.patient_id):
        return Skip("has_offer", max(until, known.now) + send_hold_drop.RETRY_BASE)
    return _by_text(known, entry) or Fits(lead, visit)


def _visit_of(known: Known, entry: Entry) -> tuple[Visit | None, str]:
    """The visit that would move here, and why there may be none of this time, or ''."""
    slot, mine = known.slot, [one for one in known.visits if one.patient_id == entry.patient_id]
    for one in mine:
        if one.service == entry.service and one.starts_at and one.starts_at <= slot.starts_at:
            return None, "visit_sooner"
        own = one.lead_id == entry.lead_id
        if (own and one.service != entry.service) or (not own and _meet(one, slot)):
            return None, "other_visit"
    return next((one for one in mine if one.lead_id == entry.lead_id), None), ""


def _meet(visit: Visit, slot: Freed) -> bool:
    if visit.starts_at is None:
        return False
    return visit.starts_at < slot.ends_at and (visit.ends_at or visit.starts_at) > slot.starts_at


def _is_free(known: Known, entry: Entry, *, by_staff: bool) -> bool:
    service = known.reference.bookable.services.get(entry.service)
    if service is None or service.retired:
        return False
    wish = Wish(service, known.slot.location, known.slot.provider_id)
    return bool(known.times.fits(wish, known.slot.starts_at, by_staff=by_staff))


def _by_text(known: Known, entry: Entry) -> Skip | None:
    """Why no text may leave for them this moment; None where one may, or where somebody calls."""
    if known.world is None:
        return None
    claim = known.claims.get(entry.id)
    if claim is None:
        return Skip("call_only")
    match send_hold_drop.decide(claim, known.world.facts(claim), known.now):
        case send_hold_drop.Drop(reason):
            return Skip("closed" if reason == "disqualified" else reason)
        case send_hold_drop.Hold(until, reason):
            return Skip(reason, until)
        case _:
            return _in_our_hours(known, entry)


def _in_our_hours(known: Known, entry: Entry) -> Skip | None:
    rules = known.reference.bookable.rules
    if known.made.get(entry.patient_id, 0) >= rules.offers_a_day:
        return Skip("offered_today", tomorrow(known.reference, known.now))
    opens = first_common(_weeks(known, entry, rules.offer_window), known.now)
    if opens is None:
        return Skip("offer_hours")
    return None if opens == known.now else Skip("offer_hours", opens)


def _weeks(known: Known, entry: Entry, window: Window) -> list[WeeklyHours]:
    """The hours of offers in every zone in which the patient may be."""
    patient = known.world.patients.get(entry.patient_id, NOBODY) if known.world else NOBODY
    zones = (patient.zone or known.reference.clinic.zone.key).split(",")
    return [WeeklyHours(ZoneInfo(zone), dict.fromkeys(range(7), (window,))) for zone in zones]


def at_this_moment(known: Known, made: Mapping[str, int], open_until: Mapping[str, datetime]) -> Known:
    """With what another scheduler may have offered them since."""
    return replace(known, made=made, open_until=open_until)
