"""SQL of what came of each attempt. A result is written only while the row still has its owner and attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    String,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, Query, together
from core.db.types import UtcDateTime, among
from core.messaging.actions import State
from core.messaging.tables import attempts, timed_actions

A = timed_actions.c


@dataclass(frozen=True)
class Settled:
    """The result of one attempt. `due_at` only when it is planned again, `verify_at` when unknown."""

    action_id: str
    attempt: int
    owner: str
    state: State
    reason: str
    outcome: str
    sid: str | None = None
    status: str | None = None
    code: int | None = None
    detail: str = ""
    due_at: datetime | None = None
    verify_at: datetime | None = None


_RESULT = Bulk(
    update(timed_actions)
    .where(A.id == bindparam("id_"))
    .values(
        state=bindparam("state_"),
        reason=bindparam("why"),
        error_code=bindparam("code"),
        verify_at=bindparam("verify"),
        settled_at=bindparam("at"),
        sid=func.coalesce(bindparam("sid_", type_=String), A.sid),
        due_at=func.coalesce(bindparam("due", type_=UtcDateTime), A.due_at),
    )
)


_ATTEMPT = Bulk(
    update(attempts)
    .where(attempts.c.action_id == bindparam("id_"), attempts.c.number == bindparam("attempt"))
    .values(
        finished_at=bindparam("at"),
        outcome=bindparam("came_out"),
        sid=bindparam("sid_"),
        error_code=bindparam("code"),
        detail=bindparam("words"),
    )
)


# By id alone: asked for the state as well, SQLite would walk through everything that is being sent.
_THESE = Query(select(A.id, A.owner, A.attempts, A.state).where(among(A.id, "ids")).with_for_update())


def settle(session: Session, results: Sequence[Settled], now: datetime) -> list[Settled]:
    """Write results down; those whose row was still ours at that attempt. The others change only their attempt."""
    if not results:
        return []
    rows = _THESE.rows(session, ids=[result.action_id for result in results])
    ours = {(id_, owner, attempt) for id_, owner, attempt, state in rows if state == State.SENDING}
    valid = [result for result in results if (result.action_id, result.owner, result.attempt) in ours]
    with together(session):
        _RESULT.run(session, [_result_row(result, now) for result in valid])
        _ATTEMPT.run(session, [_attempt_row(result, now) for result in results])
    return valid


def _result_row(result: Settled, now: datetime) -> dict[str, Any]:
    return {
        "id_": result.action_id,
        "state_": result.state.value,
        "why": result.reason,
        "code": result.code,
        "verify": result.verify_at,
        "at": None if result.state is State.PLANNED else now,
        "sid_": result.sid,
        "due": result.due_at,
    }


def _attempt_row(result: Settled, now: datetime) -> dict[str, Any]:
    return {
        "id_": result.action_id,
        "attempt": result.attempt,
        "at": now,
        "came_out": result.outcome,
        "sid_": result.sid,
        "code": result.code,
        "words": result.detail or None,
    }
