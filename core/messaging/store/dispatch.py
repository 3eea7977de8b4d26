"""SQL of the dispatcher: claim, settle, take over, look up. Every result is fenced by owner and attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, Query, execute, together
from core.db.types import UtcDateTime, among, is_word
from core.domain.ids import new_id
from core.messaging.actions import Claimed, Lane, Purpose, State
from core.messaging.tables import attempts, timed_actions

A = timed_actions.c
_CLAIM_COLUMNS = (
    A.id,
    A.kind,
    A.lane,
    A.purpose,
    A.audience,
    A.planned_for,
    A.useful_until,
    A.lead_id,
    A.patient_id,
    A.staff_id,
    A.enrollment_id,
    A.step,
    A.conditions,
    A.template,
    A.variables,
    A.phone,
    A.phone_index,
    A.body,
    A.attempts,
    A.reason,
)


_DUE = Query(
    select(*_CLAIM_COLUMNS)
    .where(is_word(A.state, State.PLANNED), A.lane == bindparam("lane_"), A.due_at <= bindparam("now_"))
    .order_by(A.due_at)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True)
)


_ONE = Query(
    select(*_CLAIM_COLUMNS)
    .where(A.id == bindparam("id_"), is_word(A.state, State.PLANNED))
    .with_for_update(skip_locked=True)
)


def due(session: Session, lane: int, limit: int, now: datetime) -> list[Claimed]:
    """Planned rows of one lane that are due, oldest first, locked for this transaction.

    PostgreSQL skips what another scheduler holds; on SQLite the write lock that the session began with does it.
    """
    return [_claimed(row) for row in _DUE.rows(session, lane_=int(lane), now_=now, limit_=limit)]


def due_ids(session: Session, limit: int, now: datetime) -> list[str]:
    """What is due, without reading any of it: a row that can't be read must not hide the others."""
    planned = is_word(A.state, State.PLANNED)
    statement = select(A.id).where(planned, A.lane.in_(list(map(int, Lane))), A.due_at <= now).limit(limit)
    return list(session.execute(statement).scalars())


def still_due(session: Session, action_id: str) -> list[Claimed]:
    """The row, locked, or nothing where another scheduler has it or it is planned no more."""
    return [_claimed(row) for row in _ONE.rows(session, id_=action_id)]


_PLANNED = Query(select(*_CLAIM_COLUMNS).where(A.id == bindparam("id_"), is_word(A.state, State.PLANNED)))


def planned(session: Session, action_id: str) -> Claimed | None:
    """A planned row as its next claim would see it, without taking it; None where it is planned no more."""
    return next((_claimed(row) for row in _PLANNED.rows(session, id_=action_id)), None)


def set_aside(session: Session, action_ids: Sequence[str], now: datetime) -> list[str]:
    """Rows that can't be handed out are failed; those that still were planned."""
    statement = (
        update(timed_actions)
        .where(A.id.in_(action_ids), is_word(A.state, State.PLANNED))
        .values(state=State.FAILED.value, reason="damaged", settled_at=now)
        .returning(A.id)
    )
    return list(session.execute(statement).scalars()) if action_ids else []


def one_at_a_time(session: Session, phone_indexes: Sequence[str]) -> None:
    """Until this transaction ends, no other scheduler decides about these numbers (PostgreSQL; SQLite has one writer).

    Two of them that each see only what is committed would both find room under the daily cap. In order, in one
    statement, and taken by claims only: two waiters can't wait for each other.
    """
    if phone_indexes and session.get_bind().dialect.name == "postgresql":
        keys = sorted(int(index[:15], 16) for index in phone_indexes)
        locks = "SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(%(keys)s AS bigint[])) AS key"
        execute(session, locks, {"keys": keys})


def _claimed(row: tuple[Any, ...]) -> Claimed:
    """`row` in the order of _CLAIM_COLUMNS, which is that of the fields; a claim is the next attempt."""
    values = dict(zip(Claimed.__dataclass_fields__, row, strict=True))
    values["purpose"] = Purpose(values["purpose"])
    values["conditions"] = tuple(values["conditions"])
    values["attempt"] += 1
    return Claimed(**values)


def _next_of(lane: Lane) -> Select[int, datetime]:
    waiting = select(func.min(A.due_at)).where(is_word(A.state, State.PLANNED), A.lane == int(lane))
    return select(literal_column(str(int(lane)), Integer), waiting.scalar_subquery())


_NEXT = Query(union_all(*(_next_of(lane) for lane in Lane)))


def next_due(session: Session) -> dict[Lane, datetime]:
    """The earliest due time of anything planned, by lane: one look at each lane's index."""
    return {Lane(lane): at for lane, at in _NEXT.rows(session) if at}


_HOLD = (
    update(timed_actions)
    .where(A.id == bindparam("id_"))
    .values(due_at=bindparam("until"), reason=bindparam("why"))
)
_END = (
    update(timed_actions)
    .where(A.id == bindparam("id_"))
    .values(state=bindparam("state_"), reason=bindparam("why"), settled_at=bindparam("at"))
)
_INTENT = Bulk(
    update(timed_actions)
    .where(A.id == bindparam("id_"))
    .values(
        state=State.SENDING.value,
        owner=bindparam("owner_"),
        attempts=bindparam("attempt"),
        claimed_at=bindparam("at"),
        reason="due",
    )
)

_NEW_ATTEMPTS = Bulk(insert(attempts), ("id", "action_id", "number", "started_at"))


def hold(session: Session, held: Sequence[tuple[str, datetime, str]]) -> None:
    """Move each (id, until, reason) to its next allowed moment."""
    if held:
        session.execute(_HOLD, [{"id_": id_, "until": until, "why": why} for id_, until, why in held])


def end(session: Session, ended: Sequence[tuple[str, State, str]], now: datetime) -> None:
    """Settle each (id, state, reason) for good without a call."""
    if ended:
        session.execute(
            _END, [{"id_": id_, "state_": state.value, "why": why, "at": now} for id_, state, why in ended]
        )


def intend(session: Session, claimed: Sequence[Claimed], owner: str, now: datetime) -> None:
    """The durable intent that must be committed before the provider is called."""
    _INTENT.run(session, [{"id_": c.id, "owner_": owner, "attempt": c.attempt, "at": now} for c in claimed])
    _NEW_ATTEMPTS.run(
        session,
        [{"id": new_id(now), "action_id": c.id, "number": c.attempt, "started_at": now} for c in claimed],
    )


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
