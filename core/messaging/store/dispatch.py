"""SQL of the dispatcher: what is due, claims and intents. What came of them is in `attempt_results`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from core.db.driver import execute
from core.db.encrypted import Unreadable
from core.db.prepared import Bulk, Query
from core.db.types import among, is_word
from core.domain.ids import new_id
from core.messaging.actions import EMAIL_LANE, NOTICE_LANES, WEBHOOK_LANE, Claimed, Lane, Purpose, State
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
    A.sequence,
    A.step,
    A.window,
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
    .order_by(A.due_at, A.id)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True)
)


# What a breaker lets through: it stops what we begin, not the answer to who reports a danger, asks for help or opts
# out, nor the page of who must come.
_ANSWER = (
    is_word(A.state, State.PLANNED),
    A.lane == int(Lane.URGENT),
    or_(is_word(A.purpose, Purpose.REPLY), is_word(A.purpose, Purpose.STAFF_ALERT)),
)
_DUE_ANSWERS = Query(
    select(*_CLAIM_COLUMNS)
    .where(*_ANSWER, A.due_at <= bindparam("now_"))
    .order_by(A.due_at, A.id)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True)
)


_ONE = Query(
    select(*_CLAIM_COLUMNS)
    .where(A.id == bindparam("id_"), is_word(A.state, State.PLANNED))
    .with_for_update(skip_locked=True)
)


def due(session: Session, lane: int, limit: int, now: datetime) -> list[Claimed]:
    """Planned rows of one lane that are due, oldest first, locked for this transaction. Of one instant, as planned.

    PostgreSQL skips what another scheduler holds; on SQLite the write lock that the session began with does it.
    """
    return [_claimed(row) for row in _DUE.rows(session, lane_=int(lane), now_=now, limit_=limit)]


def due_answers(session: Session, _lane: int, limit: int, now: datetime) -> list[Claimed]:
    """The same of what leaves although a breaker stopped everything else; all of it is urgent."""
    return [_claimed(row) for row in _DUE_ANSWERS.rows(session, now_=now, limit_=limit)]


def due_ids(session: Session, limit: int, now: datetime) -> list[str]:
    """What is due, without reading any of it: a row that can't be read must not hide the others."""
    planned = is_word(A.state, State.PLANNED)
    statement = select(A.id).where(planned, A.lane.in_(list(map(int, Lane))), A.due_at <= now).limit(limit)
    return list(session.execute(statement).scalars())


def still_due(session: Session, action_id: str) -> list[Claimed]:
    """The row, locked, or nothing where another scheduler has it or it is planned no more."""
    return [_claimed(row) for row in _ONE.rows(session, id_=action_id)]


_PLANNED = Query(select(*_CLAIM_COLUMNS).where(among(A.id, "ids"), is_word(A.state, State.PLANNED)))


def planned_ones(session: Session, action_ids: Sequence[str]) -> list[Claimed]:
    """Planned rows as their next claim would see them, without taking them."""
    return [_claimed(row) for row in _PLANNED.rows(session, ids=action_ids)] if action_ids else []


def planned(session: Session, action_id: str) -> Claimed | None:
    """One of them; None where it is planned no more."""
    return next(iter(planned_ones(session, [action_id])), None)


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
    """`row` in the order of _CLAIM_COLUMNS, which is that of the fields; a claim is the next attempt.

    Raises ValueError where its number or its words can't be read.
    """
    values = dict(zip(Claimed.__dataclass_fields__, row, strict=True))
    if isinstance(values["phone"], Unreadable) or isinstance(values["body"], Unreadable):
        raise ValueError(f"action {values['id']} can't be read")
    values["purpose"] = Purpose(values["purpose"])
    values["conditions"] = tuple(values["conditions"])
    values["attempt"] += 1
    return Claimed(**values)


def _next_of(lane: int) -> Select[int, datetime]:
    waiting = select(func.min(A.due_at)).where(is_word(A.state, State.PLANNED), A.lane == int(lane))
    return select(literal_column(str(int(lane)), Integer), waiting.scalar_subquery())


_NEXT = Query(union_all(*(_next_of(lane) for lane in Lane)))


def next_due(session: Session) -> dict[Lane, datetime]:
    """The earliest due time of anything planned, by lane: one look at each lane's index."""
    return {Lane(lane): at for lane, at in _NEXT.rows(session) if at}


_NEXT_ANSWER = Query(select(func.min(A.due_at)).where(*_ANSWER))


def next_answer(session: Session) -> dict[Lane, datetime]:
    """The same of what leaves although a breaker stopped everything else."""
    [(earliest,)] = _NEXT_ANSWER.rows(session)
    return {Lane.URGENT: earliest} if earliest else {}


_NEXT_EMAIL = Query(_next_of(EMAIL_LANE))


def next_email(session: Session) -> datetime | None:
    """The earliest due time of any planned email."""
    return next((at for _lane, at in _NEXT_EMAIL.rows(session)), None)


_NEXT_NOTICE = Query(union_all(*map(_next_of, NOTICE_LANES)))


def next_notice(session: Session) -> dict[int, datetime]:
    """The earliest due time of any planned notice to staff, by lane, the urgent one first."""
    return {int(lane): at for lane, at in sorted(_NEXT_NOTICE.rows(session)) if at}


_NEXT_WEBHOOK = Query(_next_of(WEBHOOK_LANE))


def next_webhook(session: Session) -> datetime | None:
    """The earliest due time of any planned webhook."""
    return next((at for _lane, at in _NEXT_WEBHOOK.rows(session)), None)


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
