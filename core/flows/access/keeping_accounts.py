"""What an administrator does for a colleague who can't sign in, or should not any more. Each is a line of the trail.

Browsers that show the person's alerts end with their sessions: an alert's link acts as whom it was sent to, and whoever
sat at an open screen for a minute must not have it for good.

A password is hashed by the caller: that takes a fifth of a second, and no transaction waits for it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.db.types import blind
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.staff.store import accounts, browsers, delays, push, second_factors
from core.staff.store.accounts import Account


def reset_password(
    session: Session, actor: Actor, staff_id: str, password_hash: str, *, now: datetime, origin: str = ""
) -> Account:
    """A password that must be changed at the next sign-in; every session and browser ends. Raises Denied, NotFound,
    and InvalidInput for one's own, which is changed under My account."""
    person = _other(session, actor, staff_id)
    accounts.set_password(session, person.id, password_hash, must_change=True)
    accounts.revoke_sessions(session, person.id, now)
    browsers.forget_all(session, person.id)
    push.all_gone(session, person.id, now)
    delays.forgive_name(session, blind(session, "sign_in_name", person.username))
    _note(session, actor, "password_reset", person, origin, now)
    return person


def reset_second_factor(
    session: Session, actor: Actor, staff_id: str, *, now: datetime, origin: str = ""
) -> Account:
    """Their phone and their recovery codes are gone; every session ends. Raises Denied, NotFound, InvalidInput, and
    LostRace where there is none."""
    person = _other(session, actor, staff_id)
    if not second_factors.remove(session, person.id):
        raise LostRace(f"{person.name} has no second factor any more.")
    accounts.revoke_sessions(session, person.id, now)
    push.all_gone(session, person.id, now)
    _note(session, actor, "second_factor_reset", person, origin, now)
    return person


def end_sessions(session: Session, actor: Actor, staff_id: str, *, now: datetime, origin: str = "") -> int:
    """Sign somebody out everywhere; how many sessions. Their browsers are no known ones any more, and
    show no alerts. Raises Denied, NotFound, InvalidInput."""
    person = _other(session, actor, staff_id)
    ended = accounts.revoke_sessions(session, person.id, now)
    browsers.forget_all(session, person.id)
    push.all_gone(session, person.id, now)
    _note(session, actor, "sessions_ended", person, origin, now)
    return ended


def clear_delays(session: Session, actor: Actor, staff_id: str, *, now: datetime, origin: str = "") -> int:
    """Forget what was failed at their name, so that they need not wait; how many counts. An address that guesses at
    many names goes on waiting. Raises Denied, NotFound."""
    require(actor, Permission.MANAGE_STAFF)
    person = accounts.by_id(session, staff_id)
    forgiven = delays.forgive_name(session, blind(session, "sign_in_name", person.username))
    _note(session, actor, "delays_cleared", person, origin, now)
    return forgiven


def set_active(
    session: Session, actor: Actor, staff_id: str, *, active: bool, now: datetime, origin: str = ""
) -> Account:
    """Open an account again; or close it, end its sessions, and forget where its alerts went. Raises Denied,
    NotFound, InvalidInput."""
    person = _other(session, actor, staff_id)
    accounts.set_active(session, person.id, active=active)
    if not active:
        accounts.revoke_sessions(session, person.id, now)
        browsers.forget_all(session, person.id)
        push.all_gone(session, person.id, now)
    _note(session, actor, "staff_enabled" if active else "staff_disabled", person, origin, now)
    return person


def _other(session: Session, actor: Actor, staff_id: str) -> Account:
    """A colleague. One's own account is left to My account: nobody shuts themselves out by a slip."""
    require(actor, Permission.MANAGE_STAFF)
    person = accounts.by_id(session, staff_id)
    if person.id == actor.staff_id:
        raise InvalidInput.of("id", "This is your own account. Change it under My account.")
    return person


def _note(session: Session, actor: Actor, action: str, person: Account, origin: str, now: datetime) -> None:
    audit.note(
        session, staff_id=actor.staff_id, action=action, subject=person.username, origin=origin, now=now
    )
