"""SQL of signing in: tries, sessions and the tickets that turn a sign-in into a cookie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.staff.rules import Lifetimes, Tries
from core.staff.tables import sessions, sign_in_tickets, staff


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against."""

    staff_id: str
    name: str
    role: str
    password_hash: str
    active: bool
    must_change_password: bool
    tries: Tries


def credentials(session: Session, username: str) -> Credentials | None:
    """The account behind a user name, closed ones included."""
    c = staff.c
    row = session.execute(
        select(
            c.id,
            c.name,
            c.role,
            c.password_hash,
            c.active,
            c.must_change_password,
            c.failed_sign_ins,
            c.locked_until,
        ).where(c.username == username)
    ).one_or_none()
    return Credentials(*row[:6], Tries(row[6], row[7])) if row else None


def record_tries(session: Session, staff_id: str, tries: Tries) -> None:
    session.execute(
        update(staff)
        .where(staff.c.id == staff_id)
        .values(failed_sign_ins=tries.failed, locked_until=tries.locked_until)
    )


@dataclass(frozen=True)
class SessionOwner:
    """Who a session belongs to, as their account stands now."""

    session_id: str
    staff_id: str
    username: str
    name: str
    role: str
    location: str
    must_change_password: bool
    last_seen_at: datetime


def open_session(
    session: Session, session_id: str, staff_id: str, *, expires_at: datetime, now: datetime
) -> None:
    """`session_id` is the SHA-256 of the cookie."""
    session.execute(
        insert(sessions).values(
            token_hash=session_id, staff_id=staff_id, created_at=now, last_seen_at=now, expires_at=expires_at
        )
    )


def owner(session: Session, session_id: str, times: Lifetimes, now: datetime) -> SessionOwner | None:
    """The owner of a session that is open: not revoked, not expired, not idle, its account active."""
    found = _OWNER.rows(session, session_id=session_id, now=now, idle_since=now - times.idle)
    return SessionOwner(*found[0]) if found else None


def ends_at(
    session: Session, session_ids: Sequence[str], times: Lifetimes, now: datetime
) -> dict[str, datetime]:
    """When those of the given sessions that are open end, if nobody does anything; in one statement."""
    found = session.execute(
        select(sessions.c.token_hash, sessions.c.last_seen_at, sessions.c.expires_at)
        .join(staff, staff.c.id == sessions.c.staff_id)
        .where(sessions.c.token_hash.in_(session_ids), *_open(now, now - times.idle))
    )
    return {token: min(seen + times.idle, expires) for token, seen, expires in found}


def _open(now: Any, idle_since: Any) -> tuple[ColumnElement[bool], ...]:
    """Moments, or what stands for them in a statement."""
    return (
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > now,
        sessions.c.last_seen_at > idle_since,
        staff.c.active,
    )


_OWNER = Query(
    select(
        sessions.c.token_hash,
        staff.c.id,
        staff.c.username,
        staff.c.name,
        staff.c.role,
        staff.c.location,
        staff.c.must_change_password,
        sessions.c.last_seen_at,
    )
    .join(staff, staff.c.id == sessions.c.staff_id)
    .where(
        sessions.c.token_hash == bindparam("session_id"), *_open(bindparam("now"), bindparam("idle_since"))
    )
)


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Its owner did something just now."""
    session.execute(update(sessions).where(sessions.c.token_hash == session_id).values(last_seen_at=now))


def revoke(session: Session, session_id: str, now: datetime) -> str | None:
    """End one session; the id of its owner, or None where it had ended or never was."""
    ended = session.execute(
        update(sessions)
        .where(sessions.c.token_hash == session_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(sessions.c.staff_id)
    )
    return ended.scalar_one_or_none()


def issue_ticket(session: Session, ticket_hash: str, staff_id: str, expires_at: datetime) -> None:
    session.execute(
        insert(sign_in_tickets).values(ticket_hash=ticket_hash, staff_id=staff_id, expires_at=expires_at)
    )


def use_ticket(session: Session, ticket_hash: str, now: datetime) -> bool:
    """Spend a ticket; whether it was good. A second use finds it spent."""
    used = session.execute(
        update(sign_in_tickets)
        .where(
            sign_in_tickets.c.ticket_hash == ticket_hash,
            sign_in_tickets.c.used_at.is_(None),
            sign_in_tickets.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(sign_in_tickets.c.ticket_hash)
    )
    return used.scalar_one_or_none() is not None


def forget_tickets(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` tickets that expired before a moment; how many."""
    c = sign_in_tickets.c
    old = select(c.ticket_hash).where(c.expires_at < before).limit(limit)
    gone = delete(sign_in_tickets).where(c.ticket_hash.in_(old)).returning(c.ticket_hash)
    return len(session.execute(gone).all())


def forget_sessions(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` sessions that expired or were signed out of before a moment; how many."""
    c = sessions.c
    old = select(c.token_hash).where(or_(c.expires_at < before, c.revoked_at < before)).limit(limit)
    return len(session.execute(delete(sessions).where(c.token_hash.in_(old)).returning(c.token_hash)).all())
