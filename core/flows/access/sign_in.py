"""Signing in and out: tries are counted before the password is looked at, sessions can be revoked.

The cookie's token is derived from a one-time ticket by the signing key. So the page that signed somebody in knows
the session (by the token's hash) without ever holding the token, and the browser fetches it as an HttpOnly cookie.
"""

import hashlib
import secrets
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import bcrypt

from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Role
from core.staff import rules
from core.staff.rules import Lifetimes, Tries
from core.staff.store import accounts
from core.staff.store import sign_in as store
from core.staff.store.sign_in import Credentials

# Tries at names that nobody has, so that they are answered as if somebody had.
StrangerTries = MutableMapping[str, Tries]


@dataclass(frozen=True)
class SignedIn:
    """An open session. `ticket` is exchanged once, within a minute, for its cookie; empty when it has one."""

    session_id: str
    actor: Actor
    username: str
    location: str
    must_change_password: bool
    ticket: str = ""


@dataclass(frozen=True)
class Refused:
    """The user name and the password don't match, or the name is locked. The same for unknown and closed accounts."""

    tries_left: int


def check_password(password: str, password_hash: str) -> bool:
    """Takes the same time for every account: one without a usable hash is compared with a hash nobody opens."""
    raw = password.encode()
    usable = password_hash if password_hash.startswith("$2") else rules.NO_PASSWORD
    return bcrypt.checkpw(raw[: rules.MAX_BYTES], usable.encode()) and len(raw) <= rules.MAX_BYTES


def sign_in(
    app: App,
    username: str,
    password: str,
    *,
    strangers: StrangerTries,
    now: datetime,
    origin: str = "",
) -> SignedIn | Refused:
    """Count the try, compare the password with no transaction open, then open a session or refuse.

    Each failure of an account, and each name that is locked, is a line of the audit trail with its address.
    """
    times = rules.lifetimes(app.clock)
    with app.db.write() as session:
        known = store.credentials(session, username)
        before = known.tries if known else strangers.get(username, Tries())
        counted = rules.one_more(before, now, times.lock)
        if known:
            store.record_tries(session, known.staff_id, counted)
        else:
            strangers[username] = counted
    right = check_password(password, known.password_hash if known else rules.NO_PASSWORD)
    if before.locked(now):
        return Refused(0)
    if not (known and right and known.active):
        _note_failure(app, known, username, counted, origin, now)
        return Refused(counted.left)
    return _open_session(app, known, username, times, now, origin)


def _note_failure(
    app: App, known: Credentials | None, username: str, counted: Tries, origin: str, now: datetime
) -> None:
    """A name that nobody has is told of only when it is locked, and as a keyed fingerprint: people type their password
    there, and a flood of names must not fill the trail."""
    locked = counted.locked(now)
    if known is None and not locked:
        return
    subject = username if known else app.db.blind("username", username)
    with app.db.write() as session:
        audit.note(
            session,
            action="sign_in_locked" if locked else "sign_in_failed",
            staff_id=known.staff_id if known else None,
            actor="stranger",
            subject=subject,
            origin=origin,
            now=now,
        )


def _open_session(
    app: App, known: Credentials, username: str, times: Lifetimes, now: datetime, origin: str = ""
) -> SignedIn | Refused:
    ticket = secrets.token_urlsafe(32)
    session_id = hashed(_token(app, ticket))
    with app.db.write() as session:
        store.record_tries(session, known.staff_id, Tries())
        store.open_session(session, session_id, known.staff_id, expires_at=now + times.session, now=now)
        store.issue_ticket(session, hashed(ticket), known.staff_id, now + times.ticket)
        audit.note(
            session, staff_id=known.staff_id, action="signed_in", subject=username, origin=origin, now=now
        )
        owner = store.owner(session, session_id, times, now)
    if owner is None:  # closed between the two transactions
        return Refused(0)
    return _signed_in(owner, ticket)


def _signed_in(owner: store.SessionOwner, ticket: str = "") -> SignedIn:
    actor = Actor(owner.staff_id, owner.name, Role(owner.role))
    return SignedIn(
        owner.session_id, actor, owner.username, owner.location, owner.must_change_password, ticket
    )


def redeem(app: App, ticket: str, now: datetime) -> str | None:
    """The cookie's token for a ticket, once; None for a ticket that is spent, late or made up."""
    with app.db.write() as session:
        good = store.use_ticket(session, hashed(ticket), now)
    return _token(app, ticket) if good else None


def resume(app: App, session_id: str, now: datetime) -> SignedIn | None:
    """Who a session belongs to, or None when it is over. Counts as activity of its owner."""
    times = rules.lifetimes(app.clock)
    with app.db.read() as session:
        owner = store.owner(session, session_id, times, now)
    if owner is None:
        return None
    if now - owner.last_seen_at >= times.touch:
        with app.db.write() as session:
            store.touch(session, session_id, now)
    return _signed_in(owner)


def watch(app: App, session_id: str, now: datetime) -> SignedIn | None:
    """As `resume`, but no activity: an open page alone must not keep a session alive."""
    with app.db.read() as session:
        owner = store.owner(session, session_id, rules.lifetimes(app.clock), now)
    return _signed_in(owner) if owner else None


def stay(app: App, session_id: str, now: datetime) -> datetime | None:
    """Somebody is at the page: when their session ends if nothing more happens; None where it is over."""
    if resume(app, session_id, now) is None:
        return None
    return ends_at(app, [session_id], now).get(session_id)


def ends_at(app: App, session_ids: Sequence[str], now: datetime) -> dict[str, datetime]:
    """When those of the given sessions that are open end, if nobody does anything."""
    with app.db.read() as session:
        return store.ends_at(session, session_ids, rules.lifetimes(app.clock), now)


def sign_out(app: App, session_id: str, now: datetime) -> None:
    """End a session; nothing happens when it is over already."""
    with app.db.write() as session:
        staff_id = store.revoke(session, session_id, now)
        if staff_id:
            audit.note(session, staff_id=staff_id, action="signed_out", subject="", now=now)


def change_password(app: App, who: SignedIn, password: str, again: str, now: datetime) -> SignedIn:
    """Set one's own password and end every session but a new one. Raises InvalidInput naming the field."""
    errors = rules.password_errors(password, again, who.username)
    with app.db.read() as session:
        known = store.credentials(session, who.username)
    if not errors and known and check_password(password, known.password_hash):
        raise InvalidInput.of("password", "Choose another password than the one you have.")
    if errors or known is None:
        raise InvalidInput(errors) if errors else InvalidInput.of("password", "This account is closed.")
    fresh = bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()
    with app.db.write() as session:
        accounts.set_password(session, who.actor.staff_id, fresh, must_change=False)
        accounts.revoke_sessions(session, who.actor.staff_id, now)
        audit.note(
            session, staff_id=who.actor.staff_id, action="password_changed", subject=who.username, now=now
        )
    opened = _open_session(app, known, who.username, rules.lifetimes(app.clock), now)
    if isinstance(opened, Refused):
        raise InvalidInput.of("password", "This account is closed.")
    return opened


def _token(app: App, ticket: str) -> str:
    return app.db.keyring.sign("session", ticket)


def hashed(token: str) -> str:
    """How tokens and tickets stand in the database: a dump of it opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
