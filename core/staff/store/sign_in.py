"""SQL of signing in: credentials, sessions and the tickets that turn a sign-in into a cookie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne, Query
from core.domain.ids import new_id
from core.staff.rules import Lifetimes
from core.staff.tables import second_factors, sessions, sign_in_tickets, staff

_OPENED = InsertOne(sessions)
_HAS_FACTOR = second_factors.c.confirmed_at.is_not(None)


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against."""

    staff_id: str
    name: str
    role: str
    password_hash: str
    active: bool
    has_factor: bool


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
            _HAS_FACTOR,
        )
        .outerjoin(second_factors, second_factors.c.staff_id == c.id)
        .where(c.username == username)
    ).one_or_none()
    return Credentials(*row) if row else None


def owner_of(session: Session, session_id: str) -> str | None:
    """Whose session it is or was; None where there is none of this id."""
    statement = select(sessions.c.staff_id).where(sessions.c.token_hash == session_id)
    return session.execute(statement).scalar_one_or_none()


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
    has_factor: bool
    confirmed_at: datetime | None
    last_seen_at: datetime


@dataclass(frozen=True)
class Opened:
    """A session as it begins. `session_id` is the SHA-256 of the cookie; `address` and `browser` say where, `how` by
    what: password, code, recovery, provider."""

    session_id: str
    staff_id: str
    address: str = ""
    browser: str = ""
    how: str = "password"


def open_session(session: Session, opened: Opened, *, expires_at: datetime, now: datetime) -> None:
    """Whoever has just signed in has just proved who they are."""
    _OPENED.run(
        session,
        id=new_id(now),
        token_hash=opened.session_id,
        staff_id=opened.staff_id,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        confirmed_at=now,
        origin=opened.address or None,
        browser=opened.browser,
        how=opened.how,
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
        _HAS_FACTOR,
        sessions.c.confirmed_at,
        sessions.c.last_seen_at,
    )
    .join(staff, staff.c.id == sessions.c.staff_id)
    .outerjoin(second_factors, second_factors.c.staff_id == staff.c.id)
    .where(
        sessions.c.token_hash == bindparam("session_id"), *_open(bindparam("now"), bindparam("idle_since"))
    )
)


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Its owner did something just now."""
    session.execute(update(sessions).where(sessions.c.token_hash == session_id).values(last_seen_at=now))


def confirm(session: Session, session_id: str, now: datetime) -> None:
    """Its owner has just proved who they are once more."""
    session.execute(update(sessions).where(sessions.c.token_hash == session_id).values(confirmed_at=now))


def rename(session: Session, session_id: str, to: str) -> bool:
    """Give a session that has not ended another id; whether there was one. Its earlier cookie opens nothing then."""
    renamed = (
        update(sessions)
        .where(sessions.c.token_hash == session_id, sessions.c.revoked_at.is_(None))
        .values(token_hash=to)
        .returning(sessions.c.token_hash)
    )
    return session.execute(renamed).scalar_one_or_none() is not None


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
