"""SQL of who waits for a time. One waits once for each service: the database keeps that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from core.booking.tables import waitlist_entries
from core.booking.waitlist_rules import WAITING, Wanted
from core.db.hand_on import hand_on
from core.db.types import is_word
from core.db.upsert import insert_into
from core.domain.errors import NotFound
from core.domain.ids import new_id

W = waitlist_entries.c
MOST = 500  # who are looked at for one freed time


@dataclass(frozen=True)
class Entry:
    """Somebody who waits, or waited. `state`: waiting, taken, left, ended."""

    id: str
    lead_id: str
    patient_id: str
    service: str
    location: str
    provider_id: str | None
    days: Sequence[int]
    part: str
    notice_minutes: int
    created_at: datetime
    made_by: str | None
    state: str
    ended_at: datetime | None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.location, self.provider_id, tuple(self.days), self.part, self.notice_minutes)


_ENTRY: list[Any] = [W[name] for name in Entry.__dataclass_fields__]


def add(
    session: Session,
    lead_id: str,
    patient_id: str,
    service: str,
    wanted: Wanted,
    by: str | None,
    now: datetime,
) -> bool:
    """Whether they wait from now on; False where they do already."""
    row = {
        "id": new_id(now),
        "lead_id": lead_id,
        "patient_id": patient_id,
        "service": service,
        "created_at": now,
        "made_by": by,
        "state": WAITING,
        **_columns(wanted),
    }
    statement = insert_into(session, waitlist_entries).values(**row)
    once = statement.on_conflict_do_nothing(
        index_elements=["lead_id", "service"], index_where=text("state = 'waiting'")
    )
    return session.execute(once.returning(W.id)).first() is not None


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "location": wanted.location,
        "provider_id": wanted.provider_id,
        "days": list(wanted.days),
        "part": wanted.part,
        "notice_minutes": wanted.notice,
    }


def change(session: Session, entry_id: str, wanted: Wanted) -> bool:
    """Other wishes of somebody who still waits, who keeps their place."""
    return _changed(session, entry_id, **_columns(wanted))


def end(session: Session, entry_id: str, state: str, now: datetime) -> bool:
    """They wait no more; whether they still did."""
    return _changed(session, entry_id, state=state, ended_at=now)


def _changed(session: Session, entry_id: str, **values: Any) -> bool:
    still = update(waitlist_entries).where(W.id == entry_id, is_word(W.state, WAITING))
    return session.execute(still.values(**values).returning(W.id)).first() is not None


def get(session: Session, entry_id: str) -> Entry:
    """Raises NotFound."""
    row = session.execute(select(*_ENTRY).where(W.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound("Nobody waits here any more. Look at the list again.")
    return Entry(*row)


def find_all(session: Session, entry_ids: Collection[str]) -> dict[str, Entry]:
    """Entries by id."""
    rows = session.execute(select(*_ENTRY).where(W.id.in_(entry_ids))) if entry_ids else ()
    return {row.id: Entry(*row) for row in rows}


def waiting_of(session: Session, lead_ids: Collection[str]) -> list[Entry]:
    """What these leads wait for, oldest first."""
    mine = select(*_ENTRY).where(W.lead_id.in_(lead_ids), is_word(W.state, WAITING))
    return [Entry(*row) for row in session.execute(mine.order_by(W.created_at, W.id))]


def lock_person(session: Session, patient_id: str) -> dict[str, Entry]:
    """What a person still waits for, by id: nobody else can offer them anything until this transaction ends."""
    mine = select(*_ENTRY).where(W.patient_id == patient_id, is_word(W.state, WAITING))
    return {row.id: Entry(*row) for row in session.execute(mine.order_by(W.id).with_for_update())}


def try_person(session: Session, patient_id: str) -> bool:
    """The same without waiting: False while somebody else has any of it."""
    mine = select(W.id).where(W.patient_id == patient_id, is_word(W.state, WAITING)).order_by(W.id)
    had = session.execute(mine.with_for_update(skip_locked=True)).scalars().all()
    return had == session.execute(mine).scalars().all()


def waiting_for(session: Session, services: Collection[str], location: str, provider_id: str) -> list[Entry]:
    """Who waits for one of these there, with that provider or anyone, in their order."""
    fits = and_(
        is_word(W.state, WAITING),
        W.service.in_(services),
        or_(W.location == "", W.location == location),
        or_(W.provider_id.is_(None), W.provider_id == provider_id),
    )
    statement = select(*_ENTRY).where(fits).order_by(W.created_at, W.id).limit(MOST)
    return [Entry(*row) for row in session.execute(statement)]


def waiting_all(session: Session, services: Collection[str]) -> list[Entry]:
    """Everybody who waits for one of these anywhere, in their order."""
    mine = select(*_ENTRY).where(is_word(W.state, WAITING), W.service.in_(services))
    return [Entry(*row) for row in session.execute(mine.order_by(W.created_at, W.id).limit(MOST))]


def before(session: Session, entry: Entry) -> int:
    """How many people wait for the same and came earlier, at a location where they could meet."""
    return _ahead(session, entry.service, entry.location, and_(_earlier(entry), W.lead_id != entry.lead_id))


def would_be_before(session: Session, service: str, location: str, lead_id: str) -> int:
    """The same for somebody who would join now."""
    return _ahead(session, service, location, W.lead_id != lead_id)


def _earlier(entry: Entry) -> ColumnElement[bool]:
    same = and_(W.created_at == entry.created_at, W.id < entry.id)
    return or_(W.created_at < entry.created_at, same)


def _ahead(session: Session, service: str, location: str, who: ColumnElement[bool]) -> int:
    near = [or_(W.location == "", W.location == location)] if location else []
    mine = (is_word(W.state, WAITING), W.service == service, who, *near)
    return int(session.execute(select(func.count(W.lead_id.distinct())).where(*mine)).scalar_one())


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's places to another, or `only` some of them; the ids of those given."""
    return hand_on(session, waitlist_entries, was, becomes, only)
