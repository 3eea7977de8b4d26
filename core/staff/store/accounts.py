"""SQL of staff accounts as an administrator keeps them: made, listed, given a new password, switched off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne, UpdateOne
from core.domain.errors import NotFound
from core.domain.ids import is_id, new_id
from core.domain.roles import Actor, Role
from core.staff.store.provider import email_index
from core.staff.tables import sessions, staff


@dataclass(frozen=True)
class Account:
    """One line of the list of staff."""

    id: str
    username: str
    name: str
    role: str
    title: str
    location: str
    active: bool
    must_change_password: bool


_ACCOUNT_MADE, _ACCOUNT_CHANGED = InsertOne(staff), UpdateOne(staff)
_ACCOUNT: list[Any] = [staff.c[name] for name in Account.__dataclass_fields__]


def accounts(session: Session) -> list[Account]:
    """Everybody, by username."""
    return [Account(*row) for row in session.execute(select(*_ACCOUNT).order_by(staff.c.username))]


def account(session: Session, username: str) -> Account:
    """Raises NotFound, naming what to do."""
    row = session.execute(select(*_ACCOUNT).where(staff.c.username == username)).one_or_none()
    if row is None:
        raise NotFound(f"Nobody has the username '{username}'. 'luxe staff list' shows everybody.")
    return Account(*row)


def by_id(session: Session, staff_id: str) -> Account:
    """Raises NotFound."""
    known = select(*_ACCOUNT).where(staff.c.id == staff_id)
    row = session.execute(known).one_or_none() if is_id(staff_id) else None
    if row is None:
        raise NotFound("This colleague does not exist.")
    return Account(*row)


def password_hashes(session: Session, usernames: list[str]) -> dict[str, tuple[str, str]]:
    """(id, password hash) by username, of those that exist."""
    rows = session.execute(
        select(staff.c.username, staff.c.id, staff.c.password_hash).where(staff.c.username.in_(usernames))
    )
    return {username: (staff_id, stored) for username, staff_id, stored in rows}


def actor(session: Session, staff_id: str) -> Actor:
    """A colleague as flows know them. Raises NotFound."""
    row = session.execute(
        select(staff.c.id, staff.c.name, staff.c.role).where(staff.c.id == staff_id)
    ).one_or_none()
    if row is None:
        raise NotFound("This colleague does not exist.")
    return Actor(row.id, row.name, Role(row.role))


def is_taken(session: Session, username: str) -> bool:
    return (
        session.execute(select(staff.c.id).where(staff.c.username == username)).scalar_one_or_none()
        is not None
    )


def add(session: Session, values: Mapping[str, Any], now: datetime) -> str:
    """Insert one account; its id. Raises IntegrityError when the username was taken a moment ago."""
    staff_id = new_id(now)
    index = email_index(session, values["email"]) if values.get("email") else None
    _ACCOUNT_MADE.run(session, id=staff_id, created_at=now, email_index=index, **values)
    return staff_id


def change(session: Session, staff_id: str, values: Mapping[str, Any]) -> list[str]:
    """Set columns of an account; the names of those that were another value, for the trail."""
    before = session.execute(select(*(staff.c[name] for name in values)).where(staff.c.id == staff_id)).one()
    changed = {name: value for name, value in values.items() if getattr(before, name) != value}
    if "email" in changed:
        changed["email_index"] = email_index(session, changed["email"]) if changed["email"] else None
    if changed:
        _ACCOUNT_CHANGED.run(session, staff_id, **changed)
    return sorted(changed.keys() - {"email_index"})


def set_email(session: Session, staff_id: str, email: str | None) -> None:
    """By which an identity provider's sign-in finds the account; None for none."""
    index = email_index(session, email) if email else None
    _ACCOUNT_CHANGED.run(session, staff_id, email=email, email_index=index)


def set_password(session: Session, staff_id: str, password_hash: str, *, must_change: bool) -> None:
    """Give a new password."""
    changed = update(staff).where(staff.c.id == staff_id)
    session.execute(changed.values(password_hash=password_hash, must_change_password=must_change))


def set_phone(session: Session, staff_id: str, phone: str) -> None:
    """Change where a person's alerts go."""
    _ACCOUNT_CHANGED.run(session, staff_id, phone=phone)


def phone(session: Session, staff_id: str) -> str:
    """Where this person can be called, '' where nowhere."""
    return session.execute(select(staff.c.phone).where(staff.c.id == staff_id)).scalar_one() or ""


def set_active(session: Session, staff_id: str, *, active: bool) -> None:
    """Switch an account on or off; one that is off takes no leads either, and no alerts in a chat tool."""
    off = {"active": False, "accepts_leads": False, "chat_address": None}
    values: dict[str, Any] = {"active": active} if active else off
    session.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def revoke_sessions(session: Session, staff_id: str, now: datetime) -> int:
    """End every signed-in session of one person; how many were open."""
    ended = session.execute(
        update(sessions)
        .where(sessions.c.staff_id == staff_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(sessions.c.token_hash)
    )
    return len(ended.all())


def how_many(session: Session) -> int:
    """Accounts of any kind."""
    return int(session.execute(select(func.count()).select_from(staff)).scalar_one())
