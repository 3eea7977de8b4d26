"""SQL of who has which leads: what assignment asks about them, what waits for their owner, what one has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among, is_word
from core.leads.tables import leads

_OPEN_COUNTS = Query(
    select(leads.c.owner_id, func.count())
    .where(is_word(leads.c.state, "open"), leads.c.owner_id.is_not(None))
    .group_by(leads.c.owner_id)
)


def open_counts(session: Session) -> dict[str, int]:
    """Open leads by owner."""
    return {str(owner): int(count) for owner, count in _OPEN_COUNTS.rows(session)}


# What a person has in hand: nobody has tried to reach the patient yet, or the patient wrote last. An open lead that
# waits for its patient takes up nobody's hands: counted, it would fill everybody within days, and new leads would wait.
IN_HAND = (
    is_word(leads.c.state, "open"),
    or_(leads.c.attempted_at.is_(None), leads.c.unread > 0),
)


_IN_HAND = Query(
    select(leads.c.owner_id, func.count())
    .where(*IN_HAND, leads.c.owner_id.is_not(None))
    .group_by(leads.c.owner_id)
)


def in_hand(session: Session) -> dict[str, int]:
    """Leads that wait for their owner, by owner: what their capacity is about."""
    return {str(owner): int(count) for owner, count in _IN_HAND.rows(session)}


@dataclass(frozen=True)
class Asked:
    """What the rules of assignment ask about a lead, and what its owner is told."""

    id: str
    number: int
    patient_id: str
    state: str
    owner_id: str | None
    treatment: str
    form_type: str
    value_cents: int
    priority: int
    location: str
    source: str
    viewed_at: datetime | None


_ASKED: list[Any] = [leads.c[name] for name in Asked.__dataclass_fields__]


def asked(session: Session, lead_ids: Sequence[str]) -> list[Asked]:
    """Several leads by id."""
    statement = select(*_ASKED).where(leads.c.id.in_(lead_ids))
    return [Asked(*row) for row in session.execute(statement)] if lead_ids else []


_SETTLED = Query(
    select(leads.c.id)
    .where(among(leads.c.id, "ids"), leads.c.owner_id.is_not(None) | (leads.c.state != "open"))
    .limit(literal(1))
)


def any_settled(session: Session, lead_ids: Sequence[str]) -> bool:
    """Whether one of these has an owner, or is over."""
    return bool(_SETTLED.rows(session, ids=lead_ids))


def hold(session: Session, lead_ids: Sequence[str], *, wait: bool = False) -> list[Asked]:
    """The same, held until this transaction ends; who does not `wait` goes without those that somebody else holds."""
    held = select(*_ASKED).where(leads.c.id.in_(lead_ids)).order_by(leads.c.id)
    statement = held.with_for_update(skip_locked=not wait, key_share=True)
    return [Asked(*row) for row in session.execute(statement)] if lead_ids else []


def open_of(session: Session, staff_id: str) -> list[str]:
    """Open leads of one owner, the most urgent and then the oldest first."""
    mine = (leads.c.owner_id == staff_id, is_word(leads.c.state, "open"))
    order = (leads.c.priority, leads.c.created_at, leads.c.id)
    return list(session.execute(select(leads.c.id).where(*mine).order_by(*order)).scalars())
