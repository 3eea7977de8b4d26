"""SQL of the calls that staff logged. Undoing and correcting name what they expect to find."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.domain.errors import NotFound
from core.leads.tables import lead_calls

K = lead_calls.c


@dataclass(frozen=True)
class Call:
    """One logged call. What its outcome changed carries the moment `applied_at`."""

    id: str
    lead_id: str
    staff_id: str | None
    at: datetime
    outcome: str
    applied_at: datetime
    effects: Mapping[str, Any]
    undone_at: datetime | None


_CALL: list[Any] = [K[name] for name in Call.__dataclass_fields__]


_NEW = InsertOne(lead_calls)


def add(session: Session, call_id: str, lead_id: str, staff_id: str, outcome: str, now: datetime) -> Call:
    """`call_id` is the timeline's line that tells of it."""
    call = Call(call_id, lead_id, staff_id, now, outcome, applied_at=now, effects={}, undone_at=None)
    _NEW.run(session, **vars(call))
    return call


def get(session: Session, call_id: str) -> Call:
    """Raises NotFound."""
    row = session.execute(select(*_CALL).where(K.id == call_id)).one_or_none()
    if row is None:
        raise NotFound("This call does not exist. Reload the page.")
    return Call(*row)


def of_lead(session: Session, lead_id: str) -> list[Call]:
    """Calls that count, oldest first."""
    statement = select(*_CALL).where(K.lead_id == lead_id, K.undone_at.is_(None)).order_by(K.at, K.id)
    return [Call(*row) for row in session.execute(statement)]


def keep_effects(session: Session, call_id: str, effects: Mapping[str, Any]) -> None:
    """Ids of what the outcome made or closed, for taking it back."""
    session.execute(update(lead_calls).where(K.id == call_id).values(effects=dict(effects)))


def undo(session: Session, seen: Call, now: datetime) -> bool:
    """The call counts no more; False where somebody undid or corrected it meanwhile."""
    return _change(session, seen, {"undone_at": now})


def correct(session: Session, seen: Call, outcome: str, *, by: str, now: datetime) -> bool:
    """Another outcome from now on; False where somebody undid or corrected it meanwhile."""
    values = {"outcome": outcome, "applied_at": now, "effects": {}, "corrected_at": now, "corrected_by": by}
    return _change(session, seen, values)


def _change(session: Session, seen: Call, values: dict[str, Any]) -> bool:
    standing = (K.id == seen.id, K.applied_at == seen.applied_at, K.undone_at.is_(None))
    changed = session.execute(update(lead_calls).where(*standing).values(**values).returning(K.id))
    return changed.scalar_one_or_none() is not None


def other_wrong_number(session: Session, lead_ids: Collection[str], but: str) -> Call | None:
    """Another call to these leads that still says 'wrong number'."""
    statement = select(*_CALL).where(
        K.lead_id.in_(lead_ids), K.outcome == "wrong_number", K.undone_at.is_(None), K.id != but
    )
    row = session.execute(statement.order_by(K.at).limit(1)).one_or_none()
    return Call(*row) if row else None
