"""SQL of attempts whose fate is not known: those of a dead scheduler, and those whose answer was lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import EMAIL, NOTICES, TEXT, Purpose, State
from core.messaging.tables import attempts, sms_messages, timed_actions

A = timed_actions.c


def next_doubt(session: Session) -> datetime | None:
    """When the next unknown attempt is to be looked up."""
    return session.execute(select(func.min(A.verify_at)).where(is_word(A.state, State.UNKNOWN))).scalar()


def owners_sending(session: Session) -> list[str]:
    """Schedulers that have attempts in flight."""
    return list(session.execute(select(A.owner).where(is_word(A.state, State.SENDING)).distinct()).scalars())


def orphan(session: Session, owner: str, verify_at: datetime, except_for: Collection[str] = ()) -> list[str]:
    """Texts that a dead scheduler left in flight become unknown, in the one update that finds them."""
    theirs = (is_word(A.state, State.SENDING), A.owner == owner, is_word(A.kind, TEXT))
    statement = (
        update(timed_actions)
        .where(*theirs, A.id.not_in(except_for))
        .values(state=State.UNKNOWN.value, reason="unknown", verify_at=verify_at)
        .returning(A.id)
    )
    return list(session.execute(statement).scalars())


def orphan_emails(session: Session, owner: str, now: datetime) -> list[str]:
    """The same for emails. No mail server can be asked what became of one: it stays unknown, and a person decides."""
    values = {"state": State.UNKNOWN.value, "reason": "for_a_person", "verify_at": None, "settled_at": now}
    statement = (
        update(timed_actions)
        .where(is_word(A.state, State.SENDING), A.owner == owner, A.kind == EMAIL)
        .values(**values)
        .returning(A.id)
    )
    return list(session.execute(statement).scalars())


def orphan_notices(
    session: Session,
    owner: str,
    most: int,
    now: datetime,
    except_for: Collection[str] = (),
    *,
    kinds: Sequence[str] = NOTICES,
    reason: str = "notice_again",
) -> tuple[list[str], list[str]]:
    """The same for notices to staff, or webhooks: (go again, failed after `most` tries). Twice harms nobody."""
    theirs = (
        is_word(A.state, State.SENDING), A.owner == owner, A.kind.in_(kinds), A.id.not_in(list(except_for))
    )  # fmt: skip
    over = {"state": State.FAILED.value, "reason": "gave_up", "settled_at": now}
    again = {"state": State.PLANNED.value, "reason": reason, "due_at": now}
    failed = update(timed_actions).where(*theirs, A.attempts >= most).values(**over).returning(A.id)
    ended = list(session.execute(failed).scalars())
    planned = update(timed_actions).where(*theirs).values(**again).returning(A.id)
    return list(session.execute(planned).scalars()), ended


def verify_later(
    session: Session, verify_at: datetime, *, but_not: tuple[datetime, datetime] | None = None
) -> int:
    """No unknown attempt is looked up before `verify_at`, but for those whose moment lies in between; how many."""
    where = [is_word(A.state, State.UNKNOWN), A.verify_at.is_not(None)]
    if but_not:
        where.append(~A.verify_at.between(*but_not))
    statement = update(timed_actions).where(*where).values(verify_at=verify_at).returning(A.id)
    return len(session.execute(statement).all())


@dataclass(frozen=True)
class Doubt:
    """An attempt whose answer was lost."""

    id: str
    attempt: int
    purpose: Purpose
    phone: str
    body: str
    since: datetime  # when it was first handed over
    verify_at: datetime


_FIRST_TRY = select(func.min(attempts.c.started_at)).where(attempts.c.action_id == A.id).scalar_subquery()


def doubts(session: Session, now: datetime, limit: int) -> list[Doubt]:
    """Unknown attempts whose time to be looked up has come."""
    statement = (
        select(
            A.id,
            A.attempts,
            A.purpose,
            # Since the first try: the list may show that one only after the second was made.
            func.coalesce(_FIRST_TRY, A.claimed_at).label("since"),
            A.verify_at,
            sms_messages.c.phone,
            sms_messages.c.message_body,
        )
        .join(sms_messages, sms_messages.c.action_id == A.id)
        .where(is_word(A.state, State.UNKNOWN), A.verify_at <= now)
        .order_by(A.verify_at)
        .limit(limit)
    )
    return [
        Doubt(r.id, r.attempts, Purpose(r.purpose), r.phone, r.message_body, r.since, r.verify_at)
        for r in session.execute(statement)
    ]


def resolve_doubt(
    session: Session, doubt: Doubt, state: State, reason: str, *, now: datetime, **values: Any
) -> bool:
    """Move an unknown row on, if it still is at this attempt; whether it was."""
    ours = (A.id == doubt.id, A.attempts == doubt.attempt, is_word(A.state, State.UNKNOWN))
    values = {
        "state": state.value,
        "reason": reason,
        "settled_at": None if state is State.PLANNED else now,
        **values,
    }
    return (
        session.execute(
            update(timed_actions).where(*ours).values(**values).returning(A.id)
        ).scalar_one_or_none()
        is not None
    )


def sids_known(session: Session, sids: Sequence[str]) -> set[str]:
    """Which of these provider ids already belong to one of our texts."""
    rows = session.execute(
        select(sms_messages.c.twilio_sid).where(sms_messages.c.twilio_sid.in_(sids))
    ).scalars()
    return {str(sid) for sid in rows}


def adopt(session: Session, action_id: str, attempt: int, sid: str, now: datetime) -> bool:
    """The provider named our attempt: whatever we thought, it was accepted. False when we knew.

    An earlier attempt counts too while no later one is in flight: the text has arrived, and none must follow.
    """
    waiting = A.state.in_((State.UNKNOWN.value, State.PLANNED.value))
    in_flight = is_word(A.state, State.SENDING) & (A.attempts == attempt)
    ours = (A.id == action_id, A.attempts >= attempt, A.sid.is_(None), waiting | in_flight)
    values = {
        "state": State.SENT.value,
        "reason": "adopted",
        "sid": sid,
        "settled_at": now,
        "verify_at": None,
    }
    return (
        session.execute(
            update(timed_actions).where(*ours).values(**values).returning(A.id)
        ).scalar_one_or_none()
        is not None
    )
