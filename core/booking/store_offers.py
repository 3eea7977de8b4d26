"""SQL of times that came free and of whom each was offered to. The database keeps one offer of a time at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from core.booking.tables import freed_slots, waitlist_entries, waitlist_offers
from core.booking.waitlist_rules import NEXT, OFFERED, OPEN, SKIPPED
from core.db.types import is_word
from core.db.upsert import insert_into
from core.domain.errors import NotFound
from core.domain.ids import new_id

F, V, W = freed_slots.c, waitlist_offers.c, waitlist_entries.c


@dataclass(frozen=True)
class Freed:
    """A time that came free. `state`: open, filled, stopped, over. `visit_id`: which visit is there now."""

    id: str
    service: str
    location: str
    provider_id: str
    starts_at: datetime
    ends_at: datetime
    freed_at: datetime
    freed_by: str | None
    visit_id: str | None
    state: str
    reason: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class Offer:
    """One person and one freed time. `state`: next, offered, taken, passed, expired, withdrawn, skipped."""

    id: str
    slot_id: str
    entry_id: str
    hold_id: str | None
    action_id: str | None
    made_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    state: str
    reason: str
    by_staff_id: str | None


_FREED: list[Any] = [F[name] for name in Freed.__dataclass_fields__]
_OFFER: list[Any] = [V[name] for name in Offer.__dataclass_fields__]


def add_slot(session: Session, now: datetime, **values: Any) -> str | None:
    """A time that is offered from now on; its id, None where it is already."""
    row = {"id": new_id(now), "freed_at": now, "state": OPEN} | values
    once = (
        insert_into(session, freed_slots)
        .values(**row)
        .on_conflict_do_nothing(
            index_elements=["provider_id", "starts_at"], index_where=text("state = 'open'")
        )
    )
    return session.execute(once.returning(F.id)).scalar_one_or_none()


def slot(session: Session, slot_id: str) -> Freed:
    """Raises NotFound."""
    row = session.execute(select(*_FREED).where(F.id == slot_id)).one_or_none()
    if row is None:
        raise NotFound("This time is not offered any more.")
    return Freed(*row)


def lock_slot(session: Session, slot_id: str) -> Freed:
    """The same; whoever offers it, takes it or passes does so one after the other. Raises NotFound."""
    session.execute(select(F.id).where(F.id == slot_id).with_for_update()).first()
    return slot(session, slot_id)


def try_slot(session: Session, slot_id: str) -> Freed | None:
    """The same without waiting: None while somebody else has it. Raises NotFound."""
    mine = select(F.id).where(F.id == slot_id).with_for_update(skip_locked=True)
    had = session.execute(mine).first() is not None
    found = slot(session, slot_id)
    return found if had else None


def slots_between(session: Session, since: datetime, until: datetime) -> list[Freed]:
    """Times that came free in a stretch of time, in order, whatever became of them."""
    found = select(*_FREED).where(F.starts_at >= since, F.starts_at < until).order_by(F.starts_at, F.id)
    return [Freed(*row) for row in session.execute(found)]


def end_slot(session: Session, slot_id: str, state: str, reason: str, now: datetime, **more: Any) -> bool:
    """It is offered to nobody any more; whether it still was."""
    values = {"state": state, "reason": reason, "ended_at": now} | more
    still = update(freed_slots).where(F.id == slot_id, is_word(F.state, OPEN)).values(**values)
    return session.execute(still.returning(F.id)).first() is not None


def open_again(session: Session, slot_id: str) -> bool:
    """It is offered anew; False where the same time is offered already."""
    this, other = freed_slots.alias("this"), freed_slots.alias("other")
    same = (other.c.provider_id == this.c.provider_id) & (other.c.starts_at == this.c.starts_at)
    found = select(other.c.id).join(this, same).where(this.c.id == slot_id, other.c.state == OPEN)
    if session.execute(found.limit(1)).first():
        return False
    values = {"state": OPEN, "reason": "", "ended_at": None, "ended_by": None}
    session.execute(update(freed_slots).where(F.id == slot_id).values(**values))
    return True


def fill(session: Session, slot_id: str, visit_id: str, state: str, now: datetime) -> None:
    """Somebody of the list has it, whatever had become of it before."""
    values = {"state": state, "visit_id": visit_id, "reason": "", "ended_at": now}
    session.execute(update(freed_slots).where(F.id == slot_id).values(**values))


def offers_of(session: Session, slot_ids: Collection[str]) -> list[Offer]:
    """Everybody who was asked or passed over, in the order in which that was first said."""
    found = select(*_OFFER).where(V.slot_id.in_(slot_ids)).order_by(V.made_at, V.id)
    return [Offer(*row) for row in session.execute(found)]


def offer(session: Session, offer_id: str) -> Offer:
    """Raises NotFound."""
    found = find(session, offer_id)
    if found is None:
        raise NotFound("This offer does not exist any more.")
    return found


def find(session: Session, offer_id: str) -> Offer | None:
    row = session.execute(select(*_OFFER).where(V.id == offer_id)).one_or_none()
    return Offer(*row) if row else None


def of_action(session: Session, action_id: str) -> Offer | None:
    """The offer that a text made."""
    row = session.execute(select(*_OFFER).where(V.action_id == action_id)).one_or_none()
    return Offer(*row) if row else None


def newest_of_lead(session: Session, lead_id: str) -> Offer | None:
    """The offer that a person looks for: one that stands, else the last one that was made to them."""
    mine = select(*_OFFER).join(waitlist_entries, W.id == V.entry_id).where(W.lead_id == lead_id)
    asked = mine.where(V.state.not_in((NEXT, SKIPPED)))
    row = session.execute(
        asked.order_by((V.state == OFFERED).desc(), V.made_at.desc()).limit(1)
    ).one_or_none()
    return Offer(*row) if row else None


def standing_of(session: Session, lead_ids: Collection[str]) -> list[Offer]:
    """Offers to these leads that nobody has answered, and that staff want made next."""
    mine = select(*_OFFER).join(waitlist_entries, W.id == V.entry_id).where(W.lead_id.in_(lead_ids))
    return [Offer(*row) for row in session.execute(mine.where(V.state.in_((OFFERED, NEXT))))]


def made_since(session: Session, patient_ids: Collection[str], since: datetime) -> dict[str, int]:
    """How many offers went to each of these by text since then; those whose text never went out do not count."""
    c = V.action_id.is_not(None) & (V.made_at >= since) & (V.reason != "not_sent")
    found = (
        select(W.patient_id, func.count())
        .join(waitlist_entries, W.id == V.entry_id)
        .where(W.patient_id.in_(patient_ids), c)
        .group_by(W.patient_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(found)}


def open_until(session: Session, patient_ids: Collection[str]) -> dict[str, datetime]:
    """Until when each of these has an offer of any time."""
    found = (
        select(W.patient_id, func.max(V.expires_at))
        .join(waitlist_entries, W.id == V.entry_id)
        .where(W.patient_id.in_(patient_ids), V.state == OFFERED)
        .group_by(W.patient_id)
    )
    return {row[0]: row[1] for row in session.execute(found)}


def put(session: Session, slot_id: str, entry_id: str, now: datetime, **values: Any) -> str:
    """What is said of one person and one time; the row's id. What was offered by text once is never rewritten by it."""
    row = {"id": new_id(now), "slot_id": slot_id, "entry_id": entry_id, "made_at": now} | values
    again = {"made_at": now} | values
    said = insert_into(session, waitlist_offers).values(**row)
    kept = said.on_conflict_do_update(
        index_elements=["slot_id", "entry_id"],
        set_=again,
        where=V.state.in_((SKIPPED, NEXT)),
    )
    found = session.execute(kept.returning(V.id)).scalar_one_or_none()
    if found is None:
        raise NotFound("They were asked already.")
    return str(found)


def end_offer(session: Session, offer_id: str, state: str, reason: str, now: datetime) -> bool:
    """Whether it still stood."""
    still = update(waitlist_offers).where(V.id == offer_id, V.state == OFFERED)
    ended = still.values(state=state, reason=reason, ended_at=now)
    return session.execute(ended.returning(V.id)).first() is not None


def taken(session: Session, offer_id: str, state: str, now: datetime) -> None:
    """They have the time, also where they said so late."""
    values = {"state": state, "reason": "", "ended_at": now}
    session.execute(update(waitlist_offers).where(V.id == offer_id).values(**values))


def plan_text(session: Session, offer_id: str, action_id: str) -> None:
    session.execute(update(waitlist_offers).where(V.id == offer_id).values(action_id=action_id))
