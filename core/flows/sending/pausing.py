"""A person stops all sending at once, and lets it go on."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.db.engine import DUE, announce
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.operations import store_stops
from core.operations.store import PAUSED

LONGEST_REASON = 200


def pause(session: Session, actor: Actor | None, reason: str = "", *, now: datetime) -> bool:
    """Stop all sending; False where it was paused already. `actor` is None for the command line.

    Once this is committed nothing more is claimed; texts whose call is out already are finished. Raises Denied and
    InvalidInput(reason).
    """
    words = _allowed(actor, reason)
    by = actor.staff_id if actor else None
    if not store_stops.stop(session, PAUSED, {}, by=by, now=now):
        return False
    _audit(session, by, "sending_paused", words, now)
    return True


def resume(session: Session, actor: Actor | None, reason: str = "", *, now: datetime) -> bool:
    """Lift the pause; False where nobody had paused. Other stops stay. Raises Denied and InvalidInput(reason)."""
    words = _allowed(actor, reason)
    by = actor.staff_id if actor else None
    if not store_stops.lift(session, PAUSED, by=by, now=now):
        return False
    _audit(session, by, "sending_resumed", words, now)
    announce(session, DUE)
    return True


def _allowed(actor: Actor | None, reason: str) -> str:
    if actor:
        require(actor, Permission.STOP_SENDING)
    words = reason.strip()
    if len(words) > LONGEST_REASON:
        raise InvalidInput.of("reason", f"A reason has at most {LONGEST_REASON} characters; shorten it.")
    return words


def _audit(session: Session, by: str | None, action: str, words: str, now: datetime) -> None:
    audit.note(session, staff_id=by, action=action, subject=PAUSED, reason=words, now=now)
