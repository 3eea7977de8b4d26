"""A freed time is offered to one person after the other, in the order in which they joined the list.

An offer, what is kept for it, its text and the look at its end are one transaction. The freed time's row is locked
first by everybody who changes what becomes of it; then the places of whoever is asked. The dispatcher, which looks at
many of both in one transaction, waits for neither: what somebody else has just now it looks at a second later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import free_times
from core.app import App
from core.booking import store_holds as holds
from core.booking import store_offers as offers
from core.booking import store_reservations as reservations
from core.booking import store_waitlist as waitlist
from core.booking.store_holds import OFFER
from core.booking.store_offers import Freed, Offer
from core.booking.store_reservations import HOLD, VISIT
from core.booking.store_waitlist import Entry
from core.booking.waitlist_rules import (
    EXPIRED,
    FILLED,
    NEXT,
    OFFERED,
    OPEN,
    OVER,
    SKIPPED,
    WAITING,
    WITHDRAWN,
)
from core.domain.errors import SlotTaken
from core.domain.roles import AUTOMATIC, Doer
from core.flows.booking import asking, ending_offers, holding
from core.flows.booking.asking import Fits, Known, Skip
from core.flows.booking.ending_offers import OFFER_LEFT, OFFER_OVER
from core.flows.booking.holding import Holder
from core.free_times import Wish
from core.messaging.actions import Claimed, State
from core.messaging.rules.send_hold_drop import Hold
from core.messaging.store import planned
from core.messaging.store import planning as messaging
from core.reference import Reference

KIND = ending_offers.KIND
LEAVES_WITHIN = timedelta(
    minutes=5
)  # a text that is later than that would leave too little of the time it names
A_SECOND = timedelta(seconds=1)
Carried = Hold | tuple[State, str]


@dataclass(frozen=True)
class Ways:
    """How somebody is asked. `doer`: who does it; `reason`: why before their turn; `text` False: somebody calls."""

    doer: Doer = AUTOMATIC
    reason: str = ""
    text: bool = True


def carry_out(session: Session, app: App, action: Claimed, now: datetime) -> Carried:
    """Look at a freed time: end what is over, ask whoever is next."""
    slot = offers.try_slot(session, action.variables["slot"])
    if slot is None:
        return _later(now)
    asked = offers.offers_of(session, [slot.id])
    standing = next((one for one in asked if one.state == OFFERED), None)
    if standing:
        return _look_at(session, standing, now)
    if slot.state != OPEN:
        return State.DROPPED, "offers_over"
    gone = _gone(session, app.reference, slot, now)
    try:
        return gone or _ask(session, app, slot, asked, now)
    except _BusyError:
        return _later(now)


class _BusyError(Exception):
    """Somebody whose turn it is changes their wishes just now: nobody is asked before them."""


def _later(now: datetime) -> Hold:
    return Hold(now + A_SECOND, "busy")


def _look_at(session: Session, standing: Offer, now: datetime) -> Carried:
    """An offer that stands: it runs out, or its text never went. Whoever is next has an action of their own."""
    if standing.expires_at and standing.expires_at <= now:
        ending_offers.end(session, standing, EXPIRED, "", now)
    elif standing.action_id and planned.never_went(session, standing.action_id):
        ending_offers.end(session, standing, WITHDRAWN, "not_sent", now)
    return State.SENT, "due"


def _gone(session: Session, reference: Reference, slot: Freed, now: datetime) -> Carried | None:
    """What became of the time meanwhile; None where it can still be offered."""
    service = reference.bookable.services.get(slot.service)
    if service is None or slot.starts_at <= now + reference.bookable.notice_of(service):
        return _close(session, slot, OVER, "too_near", now)
    provider = f"staff:{slot.provider_id}"
    kept = [
        one
        for one in reservations.between(session, slot.starts_at, slot.ends_at, now)
        if one.resource == provider
    ]
    visit = next((one.owner_id for one in kept if one.owner_kind == VISIT), None)
    if visit:
        return _close(session, slot, FILLED, "booked_otherwise", now, visit_id=visit)
    held = [holds.find(session, one.owner_id) for one in kept if one.owner_kind == HOLD]
    ends = [one.expires_at for one in held if one]
    if ends:
        return Hold(max(ends), "held_by_somebody")
    return _close(session, slot, OVER, "blocked", now) if kept else None


def _close(session: Session, slot: Freed, state: str, why: str, now: datetime, **more: str) -> Carried:
    offers.end_slot(session, slot.id, state, why, now, **more)
    return State.SENT, "offers_over"


def _ask(session: Session, app: App, slot: Freed, asked: Sequence[Offer], now: datetime) -> Carried:
    """Offer it to the first who can have it; else wait for the first moment at which somebody can, or close it."""
    made = sum(one.state not in (SKIPPED, NEXT) and one.reason != "not_sent" for one in asked)
    enough = made >= app.reference.bookable.rules.offers_each
    turns = _turns(session, app.reference, slot, asked, by_staff_alone=enough)
    later: list[datetime] = []
    if turns:
        rows = {one.entry_id: one for one in asked}
        known = asking.know(session, app, slot, turns, now)
        for entry in turns:
            skipped = _try(session, app.reference, known, entry, rows.get(entry.id), now)
            if skipped is None:
                return State.SENT, "due"
            later += [skipped.until] if skipped.until else []
    return _wait_or_close(session, app.reference, slot, later, enough=enough, now=now)


def _turns(
    session: Session, reference: Reference, slot: Freed, asked: Sequence[Offer], *, by_staff_alone: bool
) -> list[Entry]:
    """Who may still be asked, in order: whom staff want asked, then whoever has waited longest."""
    over = {one.entry_id for one in asked if one.state not in (SKIPPED, NEXT)}
    wanted = [one.entry_id for one in asked if one.state == NEXT]
    jumping = waitlist.find_all(session, wanted)
    turns = [jumping[id_] for id_ in wanted if jumping[id_].state == WAITING]
    if by_staff_alone:
        return turns
    services = free_times.alike(reference, slot.service, slot.ends_at - slot.starts_at, slot.provider_id)
    found = waitlist.waiting_for(session, services, slot.location, slot.provider_id)
    return turns + [one for one in found if one.id not in over and one.id not in wanted]


def _try(
    session: Session, reference: Reference, known: Known, entry: Entry, row: Offer | None, now: datetime
) -> Skip | None:
    """Ask this one; why not, kept where it is news. Raises _BusyError."""
    if not waitlist.try_person(session, entry.patient_id):
        raise _BusyError
    jumped = row is not None and row.state == NEXT
    ways = Ways(_Colleague(row.by_staff_id or ""), row.reason) if row and jumped else Ways()
    verdict = offer_to(session, reference, known, entry, ways, now)
    if (
        isinstance(verdict, Skip)
        and not (jumped and verdict.until)
        and (not row or row.reason != verdict.reason)
    ):
        by = row.by_staff_id if row else None
        offers.put(
            session, known.slot.id, entry.id, now, state=SKIPPED, reason=verdict.reason, by_staff_id=by
        )
    return verdict if isinstance(verdict, Skip) else None


@dataclass(frozen=True)
class _Colleague:
    """Whoever wanted somebody asked before their turn."""

    staff_id: str
    by_kind: str = "staff"


def offer_to(
    session: Session, reference: Reference, known: Known, entry: Entry, ways: Ways, now: datetime
) -> Offer | Skip:
    """Offer the time to one person, if that may be: it is kept for them, and their text and its end are planned."""
    by_staff = ways.doer.staff_id is not None
    people = [entry.patient_id]
    if entry.id not in waitlist.lock_person(session, entry.patient_id):
        return Skip("left")
    today = asking.today(reference, now)
    fresh = asking.at_this_moment(
        known, offers.made_since(session, people, today), offers.open_until(session, people)
    )
    verdict = asking.judge(fresh, entry, by_staff=by_staff)
    if isinstance(verdict, Skip):
        return verdict
    try:
        with session.begin_nested():
            return _make(session, reference, known.slot, entry, verdict, ways, now)
    except SlotTaken:
        return Skip("not_free")


def _make(
    session: Session, reference: Reference, slot: Freed, entry: Entry, fits: Fits, ways: Ways, now: datetime
) -> Offer:
    rules, by = reference.bookable.rules, ways.doer.staff_id
    holder = Holder(OFFER, rules.offer, entry.lead_id, fits.visit.id if fits.visit else None, made_by=by)
    wish = Wish(reference.bookable.services[entry.service], slot.location, slot.provider_id)
    held = holding.hold(session, reference, wish, slot.starts_at, holder, now)
    offer_id = offers.put(
        session,
        slot.id,
        entry.id,
        now,
        state=OFFERED,
        reason=ways.reason,
        hold_id=held.id,
        expires_at=held.expires_at,
        by_staff_id=by,
    )
    if ways.text:
        _plan_text(session, slot, fits, offer_id, held.expires_at, now)
    ending_offers.look_at(session, slot.id, f"{OFFER_OVER}{offer_id}", held.expires_at, now)
    ending_offers.note(
        session, entry.lead_id, "waitlist_offered", ways.doer, now, slot=slot.id, reason=ways.reason
    )
    return offers.offer(session, offer_id)


def _plan_text(
    session: Session, slot: Freed, fits: Fits, offer_id: str, until: datetime, now: datetime
) -> None:
    """Its text goes now or not at all; a moment after that somebody looks whether it went."""
    leaves_by = min(now + LEAVES_WITHIN, until)
    text = asking.text_of(fits.lead, slot, f"offer:{offer_id}", until, now, useful_until=leaves_by)
    offers.plan_text(session, offer_id, messaging.plan(session, text, now))
    ending_offers.look_at(session, slot.id, f"{OFFER_LEFT}{offer_id}", leaves_by + A_SECOND, now)


def _wait_or_close(
    session: Session,
    reference: Reference,
    slot: Freed,
    later: Sequence[datetime],
    *,
    enough: bool,
    now: datetime,
) -> Carried:
    """Wait for the first who can be asked later, while that is early enough."""
    notice = reference.bookable.notice_of(reference.bookable.services[slot.service])
    moment = min(later, default=None)
    if moment and moment < slot.starts_at - notice:
        return Hold(max(moment, now + A_SECOND), "nobody_yet")
    return _close(session, slot, OVER, "asked_enough" if enough else "nobody", now)
