"""SQL of hand-overs: written for the end of somebody's day, taken over or taken back once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne, UpdateOne
from core.domain.ids import new_id
from core.staff.tables import hand_over_leads, hand_overs

H, N = hand_overs.c, hand_over_leads.c
WAITS = H.ended_at.is_(None)
_NEW, _CHANGE = InsertOne(hand_overs), UpdateOne(hand_overs)


@dataclass(frozen=True)
class HandOver:
    """One. `to_id` None: whoever is next at the location. `made_by` None: nobody had written one when the day ended.
    `taken_by` None: nobody has, or its writer took it back."""

    id: str
    staff_id: str
    to_id: str | None
    location: str
    ends_at: datetime
    made_at: datetime
    made_by: str | None
    note: str
    ended_at: datetime | None
    taken_by: str | None


_ONE: list[Any] = [H[name] for name in HandOver.__dataclass_fields__]


def _read(row: Sequence[Any]) -> HandOver:
    values: list[Any] = list(row)
    values[7] = "" if values[7] is None else values[7]  # the note
    return HandOver(*values)


def find(session: Session, hand_over_id: str) -> HandOver | None:
    row = session.execute(select(*_ONE).where(H.id == hand_over_id)).one_or_none()
    return _read(row) if row else None


def waiting(session: Session, since: datetime) -> list[HandOver]:
    """Those made since a moment that nobody has taken over or back, the oldest first."""
    rows = session.execute(select(*_ONE).where(WAITS, H.made_at > since).order_by(H.made_at, H.id))
    return [_read(row) for row in rows]


def waiting_of(session: Session, staff_id: str, since: datetime) -> HandOver | None:
    """The newest of somebody's that nobody has taken over or back."""
    mine = [one for one in waiting(session, since) if one.staff_id == staff_id]
    return mine[-1] if mine else None


def of_day(session: Session, staff_id: str, ends_at: datetime) -> HandOver | None:
    """The newest that somebody has for this end of a day, over or not."""
    mine = select(*_ONE).where(H.staff_id == staff_id, H.ends_at == ends_at)
    row = session.execute(mine.order_by(H.made_at.desc(), H.id.desc()).limit(1)).one_or_none()
    return _read(row) if row else None


def add(session: Session, lead_ids: Sequence[str], now: datetime, **values: Any) -> str:
    """A new one with its leads; its id. Raises IntegrityError where one waits for that end already."""
    made = new_id(now)
    _NEW.run(session, id=made, made_at=now, **values)
    _name(session, made, lead_ids)
    return made


def write_anew(
    session: Session, hand_over_id: str, lead_ids: Sequence[str], now: datetime, **values: Any
) -> bool:
    """Other words, other leads; False where it was taken over meanwhile."""
    held = select(H.id).where(H.id == hand_over_id, WAITS).with_for_update()
    if session.execute(held).first() is None:
        return False
    _CHANGE.run(session, hand_over_id, made_at=now, **values)
    session.execute(hand_over_leads.delete().where(N.hand_over_id == hand_over_id))
    _name(session, hand_over_id, lead_ids)
    return True


def _name(session: Session, hand_over_id: str, lead_ids: Sequence[str]) -> None:
    rows = [{"hand_over_id": hand_over_id, "lead_id": lead_id} for lead_id in lead_ids]
    if rows:
        session.execute(insert(hand_over_leads), rows)


def end(session: Session, hand_over_id: str, taken_by: str | None, now: datetime) -> bool:
    """It is taken over, or with None taken back; False where somebody was faster."""
    ended = update(hand_overs).where(H.id == hand_over_id, WAITS).values(ended_at=now, taken_by=taken_by)
    return session.execute(ended.returning(H.id)).first() is not None


def leads_of(session: Session, hand_over_ids: Collection[str]) -> dict[str, list[str]]:
    """The ids of the leads of each."""
    found: dict[str, list[str]] = {one: [] for one in hand_over_ids}
    named = select(N.hand_over_id, N.lead_id).where(N.hand_over_id.in_(hand_over_ids)).order_by(N.lead_id)
    for hand_over_id, lead_id in session.execute(named) if hand_over_ids else ():
        found[hand_over_id].append(lead_id)
    return found


def forget_notes(session: Session, lead_ids: Collection[str]) -> None:
    """What was written of these leads is gone: their patient asked to be forgotten."""
    about = select(N.hand_over_id).where(N.lead_id.in_(lead_ids))
    session.execute(update(hand_overs).where(H.id.in_(about)).values(note=None))


def forget_ended_notes(session: Session, before: datetime, limit: int) -> int:
    """The words of at most `limit` that were over before a moment are gone; how many. That it was handed over stays."""
    return _forget(session, H.ended_at < before, limit)


def forget_old_notes(session: Session, before: datetime, limit: int) -> int:
    """The same of those written before a moment, also where nobody took them over."""
    return _forget(session, H.made_at < before, limit)


def _forget(session: Session, old: ColumnElement[bool], limit: int) -> int:
    some = select(H.id).where(old, H.note.is_not(None)).limit(limit)
    gone = update(hand_overs).where(H.id.in_(some)).values(note=None).returning(H.id)
    return len(session.execute(gone).all())
