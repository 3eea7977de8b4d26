"""An offer of the waitlist comes to an end: what was kept for it is let go, and the next person is asked.

What happens to a freed time is one action after the other, each planned in the transaction of its cause: that the time
came free, that an offer ended, that its minutes are over. Each looks anew at what is true (`offering.carry_out`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store_holds as holds
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store_offers import Offer
from core.booking.waitlist_rules import ENDED, NEXT, OFFERED, WITHDRAWN
from core.domain.roles import AUTOMATIC, Doer
from core.leads.store import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planned
from core.messaging.store import planning as messaging

KIND = "waitlist"
TEXT = "waitlist_free"
OFFER_OVER, OFFER_LEFT = "offer_over:", "offer_left:"


def look_at(session: Session, slot_id: str, key: str, due_at: datetime, now: datetime) -> None:
    """Look at a freed time then: whether an offer of it is over, and who is next. The same key is looked at once."""
    action = NewAction(
        key=key,
        kind=KIND,
        due_at=due_at,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        audience="staff",
        variables={"slot": slot_id},
    )
    messaging.plan(session, action, now)


def ask_next(session: Session, slot_id: str, after: str, now: datetime) -> None:
    """Whoever is next is asked at once. `after`: what ended, such as an offer's id."""
    look_at(session, slot_id, f"freed:{slot_id}:{after}", now, now)


def end(
    session: Session, offer: Offer, state: str, reason: str, now: datetime, *, doer: Doer = AUTOMATIC
) -> bool:
    """An offer that stood stands no more: its time is kept for nobody; whether it still stood."""
    if not offers.end_offer(session, offer.id, state, reason, now):
        return False
    if offer.hold_id:
        holds.drop(session, offer.hold_id)
    silence(session, offer, now)
    entry = waitlist.get(session, offer.entry_id)
    note(session, entry.lead_id, f"waitlist_{state}", doer, now, slot=offer.slot_id, reason=reason)
    ask_next(session, offer.slot_id, offer.id, now)
    return True


def silence(session: Session, offer: Offer, now: datetime) -> None:
    """What was planned for it goes no more: its text, the looks at it. What is being claimed just now is left alone:
    it finds that the offer is over."""
    keys = [f"offer:{offer.id}", f"{OFFER_OVER}{offer.id}", f"{OFFER_LEFT}{offer.id}"]
    for action_id in planned.take_keys(session, keys):
        messaging.cancel(session, action_id, "offer_over", by=None, now=now)


def end_all_of(session: Session, lead_ids: Collection[str], reason: str, now: datetime) -> int:
    """These leads are offered nothing any more (STOP, erased), and keep their place; how many offers stood."""
    standing = sorted(offers.standing_of(session, lead_ids), key=lambda one: one.slot_id)  # in one order
    for one in standing:
        offers.lock_slot(session, one.slot_id)
        if one.state == NEXT:
            offers.put(session, one.slot_id, one.entry_id, now, state="skipped", reason=reason)
    return sum(end(session, one, WITHDRAWN, reason, now) for one in standing if one.state == OFFERED)


def end_places(session: Session, lead_ids: Collection[str], now: datetime) -> None:
    """These leads wait for nothing any more: they are erased."""
    end_all_of(session, lead_ids, "closed", now)
    for entry in waitlist.waiting_of(session, lead_ids):
        waitlist.end(session, entry.id, ENDED, now)


def texts_lost(session: Session, action_ids: Iterable[str], now: datetime) -> None:
    """These texts never reached anybody: what they offered ends, and the next person is asked."""
    for action_id in action_ids:
        found = offers.of_action(session, action_id)
        if found and found.state == OFFERED:
            offers.lock_slot(session, found.slot_id)
            end(session, found, WITHDRAWN, "not_sent", now)


def note(session: Session, lead_id: str, kind: str, doer: Doer, now: datetime, **data: str) -> None:
    """A line of the timeline."""
    said = {name: value for name, value in data.items() if value}
    leads.note_event(session, lead_id, kind, doer.by_kind, now=now, staff_id=doer.staff_id, data=said)
