"""SQL of what staff do to planned actions by hand, beyond planning and cancelling."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.db.engine import DUE, announce
from core.messaging.actions import State
from core.messaging.store.planning import record_moves
from core.messaging.tables import sms_messages, timed_actions

A = timed_actions.c


@dataclass(frozen=True)
class Planned:
    """What a person needs to know of an action before touching it."""

    id: str
    kind: str
    purpose: str
    audience: str
    state: str
    lead_id: str | None


def find(session: Session, action_id: str) -> Planned | None:
    row = session.execute(
        select(A.id, A.kind, A.purpose, A.audience, A.state, A.lead_id).where(A.id == action_id)
    ).one_or_none()
    return Planned(*row) if row else None


def restore(session: Session, action_id: str, *, by: str, now: datetime) -> bool:
    """Plan again what a person cancelled, while its moment is still to come; whether it was done."""
    ours = (A.id == action_id) & (A.reason == "cancelled_by_staff")
    return bool(_restore(session, ours, by=by, now=now))


def restore_stopped(
    session: Session, lead_id: str, reason: str, at: datetime, *, by: str, now: datetime
) -> int:
    """Plan again what was stopped for `reason` at that very moment, while it is still to come; how many."""
    stopped = (A.lead_id == lead_id) & (A.reason == reason) & (A.settled_at == at)
    return len(_restore(session, stopped, by=by, now=now))


def _restore(session: Session, where: ColumnElement[bool], *, by: str, now: datetime) -> list[str]:
    statement = (
        update(timed_actions)
        .where(where, A.state == State.CANCELLED.value, A.due_at > now)
        .values(state=State.PLANNED.value, reason="", settled_at=None)
        .returning(A.id)
    )
    restored = list(session.execute(statement).scalars())
    record_moves(session, ((id_, State.PLANNED, "restored_by_staff", {}) for id_ in restored), now=now, by=by)
    if restored:
        announce(session, DUE)
    return restored


def read_texts(session: Session, lead_id: str, now: datetime) -> None:
    """Every text from the patient in this conversation was seen."""
    c = sms_messages.c
    session.execute(
        update(sms_messages)
        .where(c.lead_id == lead_id, c.direction == "inbound", c.read_at.is_(None))
        .values(read_at=now)
    )
