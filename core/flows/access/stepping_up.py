"""What leaves the house, opens keys or erases wants a fresh proof: a code or the password within the last ten minutes.

A page that was left open is not enough for that, however long its session still lasts.
"""

from datetime import datetime
from typing import Literal

from core.app import App
from core.audit import store as audit
from core.flows.access import delaying, known_browsers, passwords, second_factor
from core.flows.access.sign_in import NOBODY, Refused, SignedIn, Visitor
from core.staff import rules
from core.staff.store import sign_in as store


def needs_step_up(app: App, who: SignedIn, now: datetime) -> bool:
    """Whether it is too long ago that this person proved who they are."""
    fresh = who.confirmed_at is not None and now - who.confirmed_at < rules.lifetimes(app.clock).confirm
    return not fresh


def asks_for(who: SignedIn) -> Literal["code", "password"]:
    """What this person proves it with."""
    return "code" if who.has_factor else "password"


def step_up(
    app: App, who: SignedIn, typed: str, visitor: Visitor = NOBODY, *, at: float, now: datetime
) -> Refused | None:
    """Look at the code or password; None where it is right and the session is fresh again. `at`: real seconds."""
    browser = known_browsers.known_to(app, visitor.cookie, who.username)
    keys = delaying.of_person(app, "again", who.actor.staff_id, browser)
    tried = delaying.count(app, keys, who.username, now)
    if isinstance(tried, delaying.Wait):
        return Refused(seconds=tried.seconds, looked=False)
    right = _right(app, who, typed, at, now, visitor.origin)
    with app.db.write() as session:
        if right:
            store.confirm(session, who.session_id, now)
        audit.note(
            session,
            action="stepped_up" if right else "step_up_failed",
            staff_id=who.actor.staff_id,
            origin=visitor.origin,
            detail={"how": asks_for(who)},
            now=now,
        )
    if not right:
        return Refused(tried.left, tried.seconds)
    delaying.succeeded(app, tried)
    return None


def _right(app: App, who: SignedIn, typed: str, at: float, now: datetime, origin: str) -> bool:
    if who.has_factor:
        with app.db.write() as session:
            proof = second_factor.prove(session, who.actor.staff_id, typed, at=at, now=now, origin=origin)
        return bool(proof)
    with app.db.read() as session:
        known = store.credentials(session, who.username)
    return known is not None and known.active and passwords.check(typed, known.password_hash)
