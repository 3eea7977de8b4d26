"""SQL of drafts. Each change names the revision that it expects to find; whether it did is the answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from core.conversation.tables import drafts
from core.db.sealing import sealed_change, sealed_rows
from core.db.upsert import insert_into
from core.domain.ids import new_id

D = drafts.c


@dataclass(frozen=True)
class Draft:
    """What one person is writing in one thread. `kind`: text, note."""

    kind: str
    body: str
    revision: int
    saved_at: datetime


def _of(lead_id: str, staff_id: str, kind: str) -> ColumnElement[bool]:
    return (D.lead_id == lead_id) & (D.staff_id == staff_id) & (D.kind == kind)


def find(session: Session, lead_id: str, staff_id: str, kind: str) -> Draft | None:
    return next((one for one in of_person(session, lead_id, staff_id) if one.kind == kind), None)


def of_person(session: Session, lead_id: str, staff_id: str) -> list[Draft]:
    """What somebody is writing in a thread, at most one of each kind."""
    statement = select(D.kind, D.body, D.revision, D.saved_at)
    rows = session.execute(statement.where(D.lead_id == lead_id, D.staff_id == staff_id))
    return [Draft(*row) for row in rows]


def begin(session: Session, lead_id: str, staff_id: str, kind: str, body: str, now: datetime) -> bool:
    """The first saving; False where another window began one."""
    row = {
        "id": new_id(now), "lead_id": lead_id, "staff_id": staff_id, "kind": kind, "body": body,
        "revision": 1, "saved_at": now,
    }  # fmt: skip
    [sealed] = sealed_rows(session, drafts, [row])
    statement = insert_into(session, drafts).values(**sealed).on_conflict_do_nothing().returning(D.id)
    return session.execute(statement).scalar_one_or_none() is not None


def save(
    session: Session, lead_id: str, staff_id: str, kind: str, revision: int, body: str, now: datetime
) -> bool:
    """Write one that still is as it was read; False where it was saved or thrown away since."""
    mine = _of(lead_id, staff_id, kind)
    found = session.execute(select(D.id).where(mine, D.revision == revision)).scalar_one_or_none()
    if found is None:
        return False
    values = sealed_change(session, drafts, found, {"body": body})
    statement = update(drafts).where(D.id == found, D.revision == revision)
    changed = session.execute(statement.values(**values, revision=revision + 1, saved_at=now).returning(D.id))
    return changed.scalar_one_or_none() is not None


def throw_away(session: Session, lead_id: str, staff_id: str, kind: str, revision: int) -> bool:
    """Take one away that still is as it was read."""
    statement = delete(drafts).where(_of(lead_id, staff_id, kind), D.revision == revision)
    return session.execute(statement.returning(D.id)).scalar_one_or_none() is not None


def forget(session: Session, lead_ids: Collection[str]) -> None:
    """Nobody goes on writing to somebody who was erased."""
    session.execute(delete(drafts).where(D.lead_id.in_(lead_ids)))
