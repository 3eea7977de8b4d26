"""Signing in and out: tries are counted before the password is looked at, sessions can be revoked.

The cookie's token is derived from a one-time ticket by the signing key. So the page that signed somebody in knows
the session (by the token's hash) without ever holding the token, and the browser fetches it as an HttpOnly cookie.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.audit.chain import Entry
from core.domain.roles import Actor, Role
from core.flows.access import audit_alert, delaying, known_browsers, passwords, second_factor
from core.flows.access.delaying import Try
from core.staff import browser_rules, delay_rules, rules
from core.staff.store import sign_in as store
from core.staff.store.sign_in import Credentials


@dataclass(frozen=True)
class Visitor:
    """Who stands at the sign-in: where they come from, what cookie of a known browser they have, what their browser
    calls itself; `where`: the page or question at which they stand."""

    address: str = ""
    cookie: str = ""
    agent: str = ""
    where: str = "sign-in"

    @property
    def origin(self) -> str:
        """As the audit trail has it."""
        return f"{self.address} {self.where}".strip()


NOBODY = Visitor()


@dataclass(frozen=True)
class SignedIn:
    """An open session. `ticket` is exchanged once, within a minute, for its cookie; empty when it has one."""

    session_id: str
    actor: Actor
    username: str
    location: str
    must_change_password: bool
    ticket: str = ""
    has_factor: bool = False
    must_enrol: bool = False  # the role needs a second factor, and there is none
    confirmed_at: datetime | None = None  # when its owner last proved who they are

    @property
    def held(self) -> bool:
        """Nothing may be done before the password is changed or the second factor set up."""
        return self.must_change_password or self.must_enrol


@dataclass(frozen=True)
class CodeNeeded:
    """The password was right; a code of the second factor is to follow, within minutes. Kept by the page's own state:
    `mark` tells whether the password is still the one that was right."""

    staff_id: str
    username: str
    mark: str
    until: datetime
    how: str = ""  # 'provider' where no password was asked for


@dataclass(frozen=True)
class Refused:
    """The user name and the password don't match, the same for unknown and closed accounts; or, where not `looked`, it
    is too early to look. `left`: how many more tries before a wait; `seconds`: the wait until the next try."""

    left: int = 0
    seconds: float = 0.0
    looked: bool = True


def sign_in(
    app: App, username: str, password: str, visitor: Visitor = NOBODY, *, now: datetime
) -> SignedIn | CodeNeeded | Refused:
    """Count the try, compare the password with no transaction open, then open a session, ask for a code, or refuse.

    Each failure is a line of the audit trail with its address. A name that nobody has costs the same work and gets
    the same answers.
    """
    name = delay_rules.as_name(username)
    browser = known_browsers.known_to(app, visitor.cookie, name) if _possible(name) else ""
    tried = delaying.count(app, delaying.of_name(app, name, visitor.address, browser), name, now)
    if isinstance(tried, delaying.Wait):
        return Refused(seconds=tried.seconds, looked=False)
    with app.db.read() as session:
        known = store.credentials(session, name) if _possible(name) else None
    right = passwords.check(password, known.password_hash if known else rules.NO_PASSWORD)
    if not (known and right and known.active):
        _note_failure(app, known, name, tried, visitor, now)
        return Refused(tried.left, tried.seconds)
    delaying.succeeded(app, tried)
    return let_in(app, known, name, visitor, now=now)


def let_in(
    app: App, known: Credentials, username: str, visitor: Visitor, *, how: str = "password", now: datetime
) -> SignedIn | CodeNeeded | Refused:
    """The first factor was right: a session, or the question for a code where there is a second one."""
    if not known.has_factor:
        return open_session(app, known.staff_id, username, visitor, how=how, now=now)
    until = now + rules.lifetimes(app.clock).code
    return CodeNeeded(known.staff_id, username, hashed(known.password_hash), until, how)


def finish(
    app: App, waiting: CodeNeeded, typed: str, visitor: Visitor = NOBODY, *, at: float, now: datetime
) -> SignedIn | Refused | None:
    """The code after the password; None where one has to begin anew. `at`: real seconds since 1970, as phones count.

    Codes of one person are counted together, from whatever address: who guesses them has the password.
    """
    with app.db.read() as session:
        known = store.credentials(session, waiting.username)
    same = known is not None and known.active and hashed(known.password_hash) == waiting.mark
    if now >= waiting.until or not same:
        return None
    browser = known_browsers.known_to(app, visitor.cookie, waiting.username)
    keys = delaying.of_person(app, "code", waiting.staff_id, browser)
    tried = delaying.count(app, keys, waiting.username, now)
    if isinstance(tried, delaying.Wait):
        return Refused(seconds=tried.seconds, looked=False)
    with app.db.write() as session:
        shown = second_factor.prove(session, waiting.staff_id, typed, at=at, now=now, origin=visitor.origin)
        if not shown:
            _note_wrong_code(session, waiting, visitor, now)
    if not shown:
        return Refused(tried.left, tried.seconds)
    delaying.succeeded(app, tried)
    how = waiting.how if waiting.how == "provider" else shown
    return open_session(app, waiting.staff_id, waiting.username, visitor, how=how, now=now)


def _note_wrong_code(session: Session, waiting: CodeNeeded, visitor: Visitor, now: datetime) -> None:
    audit.note(
        session,
        action="code_failed",
        staff_id=waiting.staff_id,
        actor="stranger",
        subject=waiting.username,
        origin=visitor.origin,
        now=now,
    )


def _possible(name: str) -> bool:
    """PostgreSQL keeps no NUL, and refuses to look for one: such a name is simply nobody's."""
    return "\0" not in name


def _note_failure(
    app: App, known: Credentials | None, name: str, tried: Try, visitor: Visitor, now: datetime
) -> None:
    """A name that nobody has stands there as a keyed fingerprint: people type their password into that field."""
    line = Entry(
        "sign_in_failed",
        known.staff_id if known else None,
        "stranger",
        name if known else app.db.blind("username", name),
        origin=visitor.origin,
        detail={"browser": "known" if "browser" in tried.keys else "new"},
    )
    slowed = delaying.just_slowed(tried)
    guessing = [kind for kind in slowed if kind in ("address", "name")]
    lines = [line]
    if slowed:
        action = "guessing_slowed" if guessing else "sign_in_slowed"
        lines.append(replace(line, action=action, detail={**line.detail, "by": (guessing or slowed)[0]}))
    with app.db.write() as session:
        audit.note_all(session, lines, now=now)
        if guessing:
            audit_alert.tell_admins(session, app.settings, now=now)


def open_session(
    app: App, staff_id: str, username: str, visitor: Visitor, *, how: str = "password", now: datetime
) -> SignedIn | Refused:
    """A session with its ticket. `how`: what was shown for it (password, code, recovery, provider)."""
    times = rules.lifetimes(app.clock)
    ticket = secrets.token_urlsafe(32)
    session_id = hashed(_token(app, ticket))
    opened = store.Opened(session_id, staff_id, visitor.address, browser_rules.named(visitor.agent), how)
    with app.db.write() as session:
        store.open_session(session, opened, expires_at=now + times.session, now=now)
        store.issue_ticket(session, hashed(ticket), staff_id, now + times.ticket)
        audit.note(
            session,
            staff_id=staff_id,
            action="signed_in",
            subject=username,
            origin=visitor.origin,
            detail={"how": how},
            now=now,
        )
        owner = store.owner(session, session_id, times, now)
    if owner is None:  # closed between the two transactions
        return Refused()
    return _signed_in(app, owner, ticket)


def renew(app: App, who: SignedIn, now: datetime) -> SignedIn | None:
    """The same session under a new id, with a new ticket; None where it is over.

    What held it up may have taken longer than its first ticket lives, and a session that may do more gets a new name.
    """
    times = rules.lifetimes(app.clock)
    ticket = secrets.token_urlsafe(32)
    session_id = hashed(_token(app, ticket))
    with app.db.write() as session:
        if not store.rename(session, who.session_id, session_id):
            return None
        store.issue_ticket(session, hashed(ticket), who.actor.staff_id, now + times.ticket)
        owner = store.owner(session, session_id, times, now)
    return _signed_in(app, owner, ticket) if owner else None


def _signed_in(app: App, owner: store.SessionOwner, ticket: str = "") -> SignedIn:
    actor = Actor(owner.staff_id, owner.name, Role(owner.role))
    return SignedIn(
        owner.session_id,
        actor,
        owner.username,
        owner.location,
        owner.must_change_password,
        ticket,
        bool(owner.has_factor),
        actor.role in app.settings.needs_second_factor and not owner.has_factor,
        owner.confirmed_at,
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
    return _signed_in(app, owner)


def watch(app: App, session_id: str, now: datetime) -> SignedIn | None:
    """As `resume`, but no activity: an open page alone must not keep a session alive."""
    with app.db.read() as session:
        owner = store.owner(session, session_id, rules.lifetimes(app.clock), now)
    return _signed_in(app, owner) if owner else None


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


def _token(app: App, ticket: str) -> str:
    return app.db.keyring.sign("session", ticket)


def hashed(token: str) -> str:
    """How tokens and tickets stand in the database: a dump of it opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
