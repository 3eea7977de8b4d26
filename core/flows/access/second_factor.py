"""The second factor: an authenticator app, set up by its owner, and ten recovery codes for when the phone is gone.

Moments of codes are real seconds since 1970: a phone knows nothing of a demo's clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.db.types import blind
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.staff import code_rules
from core.staff.store import second_factors as store

BEGUN_FOR = timedelta(hours=1)
WRONG = "This code is not right. Take the one that the app shows now."


@dataclass(frozen=True)
class Enrolment:
    """A secret that waits for its first code. `address` is what the picture holds; `secret` is for typing."""

    secret: str
    address: str


def begin(session: Session, actor: Actor, username: str, *, now: datetime) -> Enrolment:
    """A secret for this person: the one that waits for its first code, or a fresh one after an hour.

    A page that is drawn anew, or a second window, shows what the phone may hold already. Raises LostRace where a second
    factor is set up.
    """
    found = store.factor(session, actor.staff_id)
    if found and found.confirmed_at:
        raise LostRace("A second factor is set up already. Remove it first.")
    usable = found and found.secret and now - found.made_at < BEGUN_FOR
    secret = found.secret if found and usable else code_rules.new_secret()
    if not usable:
        store.begin(session, actor.staff_id, secret, now)
    return Enrolment(secret, code_rules.address(secret, username))


def confirm(
    session: Session, actor: Actor, typed: str, *, at: float, now: datetime, origin: str = ""
) -> list[str]:
    """The app shows the right code: from now on it is asked for. Its recovery codes, which are never shown again.

    Raises InvalidInput(code), and LostRace where nothing waits for a code.
    """
    found = store.factor(session, actor.staff_id)
    if found is None or found.confirmed_at:
        raise LostRace("This was set up in another window already.")
    step = _step(found, typed, at)
    if step is None:
        raise InvalidInput.of("code", WRONG)
    if not store.confirm(session, actor.staff_id, step, now):
        raise LostRace("This was set up in another window already.")
    _note(session, actor.staff_id, "second_factor_set", origin, now)
    return _fresh_codes(session, actor.staff_id, now)


def renew_codes(session: Session, actor: Actor, *, now: datetime, origin: str = "") -> list[str]:
    """Ten new recovery codes; the earlier ones open nothing any more. Raises LostRace without a second factor."""
    found = store.factor(session, actor.staff_id)
    if found is None or not found.confirmed_at:
        raise LostRace("There is no second factor any more.")
    _note(session, actor.staff_id, "recovery_codes_made", origin, now)
    return _fresh_codes(session, actor.staff_id, now)


def remove(session: Session, actor: Actor, *, now: datetime, origin: str = "") -> None:
    """Its owner wants none, or has another phone. Raises LostRace where there is none."""
    if not store.remove(session, actor.staff_id):
        raise LostRace("There is no second factor any more.")
    _note(session, actor.staff_id, "second_factor_removed", origin, now)


def prove(session: Session, staff_id: str, typed: str, *, at: float, now: datetime, origin: str = "") -> str:
    """'code' or 'recovery' where what was typed is one and was never used before, which spends it; else ''."""
    found = store.factor(session, staff_id)
    if found is None or not found.confirmed_at:
        return ""
    if code_rules.is_code(typed):
        step = _step(found, typed, at)
        return "code" if step is not None and store.use_step(session, staff_id, step) else ""
    if not store.use_code(session, staff_id, _hashed(session, staff_id, typed), now):
        return ""
    left = store.codes_left(session, staff_id)
    _note(session, staff_id, "recovery_code_used", origin, now, {"left": left})
    return "recovery"


def _step(found: store.Factor, typed: str, at: float) -> int | None:
    """The step that was typed. A secret that was damaged in the database has none: recovery codes still work."""
    return code_rules.matching_step(found.secret, typed, at) if found.secret else None


def _fresh_codes(session: Session, staff_id: str, now: datetime) -> list[str]:
    codes = code_rules.new_codes()
    store.put_codes(session, staff_id, [_hashed(session, staff_id, code) for code in codes], now)
    return codes


def _hashed(session: Session, staff_id: str, code: str) -> str:
    return blind(session, "recovery_code", f"{staff_id}\n{code_rules.plain(code)}")


def _note(
    session: Session,
    staff_id: str,
    action: str,
    origin: str,
    now: datetime,
    detail: dict[str, int] | None = None,
) -> None:
    audit.note(session, staff_id=staff_id, action=action, origin=origin, detail=detail, now=now)
