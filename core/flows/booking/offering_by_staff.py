"""What staff do about a freed time: ask somebody before their turn, call instead of texting, stop the offers.

An offer that went out by text says until when the time is theirs: nobody takes that back but by saying so (`withdraw`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store_offers import Freed, Offer
from core.booking.store_waitlist import Entry
from core.booking.waitlist_rules import (
    FILLED,
    JUMPED,
    NEXT,
    OFFERED,
    OPEN,
    SKIPPED,
    STOPPED,
    STOPPED_WHY,
    WAITING,
    WHY,
    WITHDRAWN,
    Wanted,
    chosen_why,
)
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.domain.wall import clock_words
from core.flows.booking import answering_offers, asking, ending_offers, offering, waiting
from core.flows.booking.answering_offers import Answer, Answered
from core.flows.booking.asking import Skip
from core.flows.booking.offering import Ways
from core.reference import Reference

CALLING = "calling"
CALL = "Call them instead."


@dataclass(frozen=True)
class Jumped:
    """What became of asking somebody before their turn. `offer` None: they are next."""

    offer: Offer | None
    next_at: datetime | None = None  # by then at the latest


def offer_now(
    session: Session, app: App, actor: Actor, slot_id: str, entry_id: str, reason: str, *, now: datetime
) -> Jumped:
    """Ask this one before their turn: at once, or next where somebody else has an offer.

    Raises Denied, InvalidInput(reason, entry) with why no text may leave for them, LostRace where the time is taken or
    they were asked already.
    """
    require(actor, Permission.WORK_LEADS)
    chosen_why(JUMPED, reason)
    slot, entry = _to_be_asked(session, slot_id, entry_id, now)
    standing = _standing(session, slot)
    if standing:
        offers.put(session, slot.id, entry.id, now, state=NEXT, reason=reason, by_staff_id=actor.staff_id)
        return Jumped(None, standing.expires_at)
    return Jumped(_offer(session, app, slot, entry, Ways(actor, reason), now))


def call_instead(
    session: Session, app: App, actor: Actor, slot_id: str, entry_id: str, *, now: datetime
) -> Offer:
    """Keep the time for somebody who is called: no text goes. What they say is noted by `answer_for`.

    Raises Denied, InvalidInput(entry), LostRace where somebody else has an offer, or they were asked already.
    """
    require(actor, Permission.WORK_LEADS)
    slot, entry = _to_be_asked(session, slot_id, entry_id, now)
    standing = _standing(session, slot)
    if standing and standing.expires_at:
        zone = app.reference.clinic.location(slot.location).hours.zone
        until = clock_words(standing.expires_at.astimezone(zone))
        raise LostRace(f"It is offered to somebody until {until}. Call then, or stop that offer first.")
    return _offer(session, app, slot, entry, Ways(actor, CALLING, text=False), now)


def _offer(session: Session, app: App, slot: Freed, entry: Entry, ways: Ways, now: datetime) -> Offer:
    known = asking.know(session, app, slot, [entry], now, text=ways.text)
    made = offering.offer_to(session, app.reference, known, entry, ways, now)
    if isinstance(made, Skip):
        why = WHY.get(made.reason, "It can't be offered to them now")
        raise InvalidInput.of("entry", f"{why}. {CALL if ways.text else 'Choose somebody else.'}")
    return made


def _to_be_asked(session: Session, slot_id: str, entry_id: str, now: datetime) -> tuple[Freed, Entry]:
    """A time that can be offered, open again where it was not, and somebody who was not asked. Raises LostRace."""
    slot, entry = offers.lock_slot(session, slot_id), waitlist.get(session, entry_id)
    if slot.state == FILLED or slot.starts_at <= now:
        raise LostRace("This time is taken or past.")
    if entry.state != WAITING:
        raise LostRace("They do not wait any more.")
    asked = next((one for one in offers.offers_of(session, [slot.id]) if one.entry_id == entry_id), None)
    if asked and asked.state not in (SKIPPED, NEXT):
        raise LostRace(f"They were asked already: {asked.state}.")
    if slot.state != OPEN and not offers.open_again(session, slot.id):
        raise LostRace("This time is offered by another line already.")
    return slot, entry


def _standing(session: Session, slot: Freed) -> Offer | None:
    return next((one for one in offers.offers_of(session, [slot.id]) if one.state == OFFERED), None)


def answer_for(
    session: Session, reference: Reference, actor: Actor, offer_id: str, *, takes: bool, now: datetime
) -> Answer:
    """What somebody said on the phone to an offer. Raises Denied, LostRace where the time is gone."""
    require(actor, Permission.WORK_LEADS)
    if not takes:
        return answering_offers.let_pass(session, actor, offer_id, now=now)
    answer = answering_offers.take(session, reference, actor, offer_id, now=now)
    if answer.what is Answered.GONE:
        raise LostRace("This time is somebody else's by now, or they have another visit.")
    return answer


def stop_offers(
    session: Session, actor: Actor, slot_id: str, reason: str, *, withdraw: bool = False, now: datetime
) -> None:
    """Nobody else is asked. `withdraw`: what is offered now stands no more either; whoever answers it is told so.

    Raises Denied, InvalidInput(reason), LostRace where nothing is offered any more.
    """
    require(actor, Permission.WORK_LEADS)
    chosen_why(STOPPED_WHY, reason)
    slot = offers.lock_slot(session, slot_id)
    if not offers.end_slot(session, slot.id, STOPPED, reason, now, ended_by=actor.staff_id):
        raise LostRace("This time is not offered any more.")
    for one in offers.offers_of(session, [slot.id]):
        if one.state == NEXT:
            offers.put(session, slot.id, one.entry_id, now, state=SKIPPED, reason="stopped")
        elif one.state == OFFERED and withdraw:
            ending_offers.end(session, one, WITHDRAWN, "stopped", now, doer=actor)


def add_by_hand(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    service: str,
    wanted: Wanted,
    *,
    now: datetime,
) -> Entry:
    """Put somebody on the list who asked for it. Raises Denied, and as `waiting.join`."""
    require(actor, Permission.WORK_LEADS)
    return waiting.join(session, reference, actor, lead_id, service, wanted, now=now)


def take_off(session: Session, actor: Actor, entry_id: str, *, now: datetime) -> bool:
    """They wait no more; whether they did. Raises Denied, NotFound."""
    require(actor, Permission.WORK_LEADS)
    return waiting.leave(session, actor, entry_id, now=now)
