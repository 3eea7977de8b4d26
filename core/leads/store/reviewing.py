"""SQL of the weekly list: cold leads that nobody spoke to, until a manager has looked at them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.leads.rules import COLD
from core.leads.tables import leads

L = leads.c
COLD_AND_UNSEEN: ColumnElement[bool] = and_(
    is_word(L.state, "open"), L.priority == COLD, L.contacted_at.is_(None), L.reviewed_at.is_(None)
)


def count(session: Session, since: datetime) -> int:
    """How many that came since a moment are on the list."""
    waiting = select(func.count()).select_from(leads).where(COLD_AND_UNSEEN, L.created_at >= since)
    return int(session.execute(waiting).scalar_one())


def still(session: Session, lead_ids: Collection[str]) -> dict[str, int]:
    """Which of these are on the list by now, with how many of their texts nobody has read."""
    waiting = select(L.id, L.unread).where(L.id.in_(lead_ids), COLD_AND_UNSEEN)
    return {row.id: row.unread for row in session.execute(waiting)}


def patients_of(session: Session, lead_ids: Collection[str]) -> list[str]:
    """Whose leads these are."""
    return list(session.execute(select(L.patient_id).where(L.id.in_(lead_ids)).distinct()).scalars())


def mark(session: Session, lead_ids: Collection[str], now: datetime | None) -> int:
    """A manager has looked at these, or with None has not; how many that changed."""
    other = L.reviewed_at.is_(None) if now else L.reviewed_at.is_not(None)
    changed = update(leads).where(L.id.in_(lead_ids), other).values(reviewed_at=now)
    return len(session.execute(changed.returning(L.id)).all())
