"""SQL of what staff do to planned actions by hand, beyond planning and cancelling."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.db.engine import DUE, announce
from core.messaging.actions import State
from core.messaging.store.planning import record_moves
from core.messaging.tables import sms_messages, timed_actions

A = timed_actions.c
CAUSES = (
    "contacted", "attempted", "unreachable", "booked", "disqualified", "cancelled", "no_show", "attended",
    "arrived",
)  # fmt: skip
TASK_OVER = "task_over"


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
    ours = (A.id == action_id) & (A.state == State.CANCELLED.value) & (A.reason == "cancelled_by_staff")
    return bool(_restore(session, ours, by=by, now=now))


def restore_steps(
    session: Session,
    enrollment_ids: Collection[str],
    since: datetime,
    *,
    texts: bool,
    overdue: bool,
    by: str,
    now: datetime,
) -> int:
    """Plan steps again that were stopped or dropped since the cause that was taken back; how many.

    `overdue`: also those whose moment has passed meanwhile. What is too late to be of use is dropped at hand-over.
    """
    stopped = A.enrollment_id.in_(enrollment_ids) & (A.settled_at >= since) & A.reason.in_(CAUSES)
    if not texts:
        stopped &= A.kind != "text"
    return len(_restore(session, stopped, by=by, now=now, overdue=overdue))


def restore_by_hand(
    session: Session, phone_index: str, reason: str, at: datetime, *, overdue: bool, by: str, now: datetime
) -> int:
    """Plan texts that people wrote to a number again, which were stopped for `reason` at that very moment; how many."""
    stopped = (A.phone_index == phone_index) & A.enrollment_id.is_(None) & (A.purpose == "manual")
    stopped &= (A.reason == reason) & (A.settled_at == at)
    return len(_restore(session, stopped, by=by, now=now, overdue=overdue))


def restore_stopped(
    session: Session, lead_id: str, reason: str, at: datetime, *, by: str, now: datetime
) -> int:
    """Plan again what was stopped for `reason` at that very moment, while it is still to come; how many."""
    stopped = (A.lead_id == lead_id) & (A.reason == reason) & (A.settled_at == at)
    return len(_restore(session, stopped, by=by, now=now, overdue=False))


def ahead_of(session: Session, phone_index: str, action_id: str, now: datetime) -> list[str]:
    """Automatic texts to a number that are due and have not been handed over yet, but for this one."""
    statement = select(A.id).where(
        A.phone_index == phone_index,
        A.state == State.PLANNED.value,
        A.kind == "text",
        A.audience == "patient",
        A.purpose.not_in(("manual", "reply")),
        A.due_at <= now,
        A.id != action_id,
    )
    return list(session.execute(statement).scalars())


def restore_alerts(session: Session, action_ids: Collection[str], *, by: str, now: datetime) -> None:
    """Plan again what tells a person of a task that is open again."""
    _restore(session, A.id.in_(action_ids) & (A.reason == TASK_OVER), by=by, now=now, overdue=True)


def _restore(
    session: Session, where: ColumnElement[bool], *, by: str, now: datetime, overdue: bool = False
) -> list[str]:
    if not overdue:
        where &= A.due_at > now
    statement = (
        update(timed_actions)
        .where(where, A.state.in_((State.CANCELLED.value, State.DROPPED.value)))
        .values(state=State.PLANNED.value, reason="", settled_at=None)
        .returning(A.id)
    )
    restored = list(session.execute(statement).scalars())
    record_moves(session, ((id_, State.PLANNED, "restored_by_staff", {}) for id_ in restored), now=now, by=by)
    if restored:
        announce(session, DUE)
    return restored


def release(session: Session, lead_id: str, reason: str, *, by: str, now: datetime) -> int:
    """What waits for `reason` is due now; how many."""
    waits = (A.lead_id == lead_id) & (A.reason == reason) & (A.state == State.PLANNED.value)
    statement = update(timed_actions).where(waits).values(due_at=now, reason="").returning(A.id)
    released = list(session.execute(statement).scalars())
    record_moves(session, ((id_, State.PLANNED, "resumed_by_staff", {}) for id_ in released), now=now, by=by)
    if released:
        announce(session, DUE)
    return len(released)


def read_texts(session: Session, lead_id: str, now: datetime) -> None:
    """Every text from the patient in this conversation was seen."""
    c = sms_messages.c
    session.execute(
        update(sms_messages)
        .where(c.lead_id == lead_id, c.direction == "inbound", c.read_at.is_(None))
        .values(read_at=now)
    )
