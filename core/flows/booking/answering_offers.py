"""A person answers an offer of the waitlist, by text or on its page: takes it, passes, or leaves the list."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core.booking import store_holds as holds
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store import Visit
from core.booking.store_holds import OFFER
from core.booking.store_offers import Freed, Offer
from core.booking.store_waitlist import Entry
from core.booking.waitlist_rules import (
    EXPIRED,
    FILLED,
    OFFERED,
    OPEN,
    OVER,
    PASSED,
    TAKEN,
    WAITING,
    WITHDRAWN,
)
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.roles import Doer
from core.flows.booking import booking, changing, ending_offers, holding, waiting
from core.flows.booking.holding import Holder
from core.flows.booking.keeping import TAKEN as TAKEN_WORDS
from core.free_times import Wish
from core.patients.store import profiles as patients
from core.reference import Reference

WAITLIST = "waitlist"  # how a visit came


class Answered(StrEnum):
    """What became of an answer."""

    HAS_IT = "has_it"
    HAD_IT = "had_it"  # the same said twice
    GONE = "gone"  # it is somebody else's, or not offered any more
    PASSED = "passed"
    LEFT = "left"


@dataclass(frozen=True)
class Answer:
    """What became of an answer. `visit`: what they have now, where they have it; `moved_from`: their time until now."""

    what: Answered
    slot: Freed
    entry: Entry
    visit: Visit | None = None
    moved_from: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether they have a visit at that time: what they took may have been moved or cancelled since."""
        return self.visit is not None and self.visit.starts_at == self.slot.starts_at


def take(session: Session, reference: Reference, doer: Doer, offer_id: str, *, now: datetime) -> Answer:
    """The time is theirs; a visit that they had later moves to it. Late is not too late while nobody else has it.

    Answers GONE, and changes nothing, where somebody else has the time or it is not offered any more.
    """
    slot, offer, entry = _together(session, offer_id, now)
    had = changing.ahead(session, entry.lead_id)
    if offer.state == TAKEN:
        return Answer(Answered.HAD_IT, slot, entry, had)
    try:
        with session.begin_nested():
            visit = _book(session, reference, doer, slot, offer, entry, had, now)
    except (LostRace, InvalidInput):
        if offer.state == OFFERED:
            ending_offers.end(session, offer, WITHDRAWN, "gone", now)
        return Answer(Answered.GONE, slot, entry)
    ending_offers.silence(session, offer, now)
    offers.taken(session, offer.id, TAKEN, now)
    offers.fill(session, slot.id, visit.id, FILLED, now)
    waitlist.end(session, entry.id, TAKEN, now)
    ending_offers.note(session, entry.lead_id, "waitlist_taken", doer, now, slot=slot.id)
    return Answer(Answered.HAS_IT, slot, entry, visit, had.starts_at if had else None)


def _together(session: Session, offer_id: str, now: datetime) -> tuple[Freed, Offer, Entry]:
    """What an answer is about, as nobody else can change it until this transaction ends."""
    entry = waitlist.get(session, offers.offer(session, offer_id).entry_id)
    patients.touch(session, entry.patient_id, now)  # first: see settling.after_sent
    slot = offers.lock_slot(session, offers.offer(session, offer_id).slot_id)
    return slot, offers.offer(session, offer_id), entry


def _book(
    session: Session,
    reference: Reference,
    doer: Doer,
    slot: Freed,
    offer: Offer,
    entry: Entry,
    had: Visit | None,
    now: datetime,
) -> Visit:
    """Raises SlotTaken, LostRace and InvalidInput(service) where they can't have it."""
    if entry.state != WAITING or (had and had.service != entry.service):
        raise SlotTaken(TAKEN_WORDS)
    hold_id = _standing_hold(session, offer, had)
    if hold_id is None:
        hold_id = _hold_again(session, reference, slot, offer, entry, had, now)
    return booking.confirm(session, reference, doer, entry.lead_id, hold_id, WAITLIST, now=now)


def _standing_hold(session: Session, offer: Offer, had: Visit | None) -> str | None:
    """What is kept for them, where that is what they need now: they may have booked or cancelled since."""
    held = holds.find(session, offer.hold_id or "") if offer.state == OFFERED else None
    if held and held.visit_id == (had.id if had else None):
        return held.id
    if held:
        holds.drop(session, held.id)  # within this transaction nobody else can take it
    return None


def _hold_again(
    session: Session,
    reference: Reference,
    slot: Freed,
    offer: Offer,
    entry: Entry,
    had: Visit | None,
    now: datetime,
) -> str:
    """For who is late, or passed and thought better of it: as long as nobody else is asked. Raises SlotTaken."""
    may = offer.state == OFFERED or (offer.state in (EXPIRED, PASSED) and slot.state in (OPEN, OVER))
    others = [one for one in offers.standing_of(session, [entry.lead_id]) if one.id != offer.id]
    if not may or others:
        raise SlotTaken(TAKEN_WORDS)
    rules = reference.bookable.rules
    holder = Holder(OFFER, rules.hold, entry.lead_id, had.id if had else None)
    wish = Wish(booking.service_of(reference, entry.service), slot.location, slot.provider_id)
    return holding.hold(session, reference, wish, slot.starts_at, holder, now).id


def let_pass(session: Session, doer: Doer, offer_id: str, *, now: datetime) -> Answer:
    """Not this one: the next person is asked, and they keep their place."""
    slot, offer, entry = _together(session, offer_id, now)
    if offer.state == OFFERED:
        ending_offers.end(session, offer, PASSED, "", now, doer=doer)
    return Answer(Answered.HAD_IT if offer.state == TAKEN else Answered.PASSED, slot, entry)


def leave(session: Session, doer: Doer, offer_id: str, *, now: datetime) -> Answer:
    """No more offers of this service. What they have taken stays theirs."""
    slot, offer, entry = _together(session, offer_id, now)
    if offer.state == TAKEN:
        return Answer(Answered.HAD_IT, slot, entry, changing.ahead(session, entry.lead_id))
    if offer.state == OFFERED:
        ending_offers.end(session, offer, PASSED, "left", now, doer=doer)
    waiting.leave(session, doer, entry.id, now=now)
    return Answer(Answered.LEFT, slot, entry)
