"""Somebody ends their own sessions elsewhere: the desk they left, the phone that was lost."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import LostRace
from core.domain.roles import Actor, Permission, require
from core.staff.rules import Lifetimes
from core.staff.store import push, sessions


def end_one(
    session: Session, actor: Actor, session_id: str, times: Lifetimes, *, now: datetime, origin: str = ""
) -> None:
    """End one of one's own sessions. Raises LostRace where it had ended already, or is somebody else's."""
    require(actor, Permission.KEEP_ACCOUNT)
    own = sessions.open_of(session, actor.staff_id, times, now)
    ended = sessions.revoke_all(session, [one.session_id for one in own if one.id == session_id], now)
    if not ended:
        raise LostRace("This session had ended already.")
    _note(session, actor, ended, origin, now)


def end_others(
    session: Session, actor: Actor, keep: str, times: Lifetimes, *, now: datetime, origin: str = ""
) -> int:
    """End all of one's own sessions but the one with the id `keep`; how many. No browser shows one's alerts any more:
    which of them is this one, nobody can tell."""
    require(actor, Permission.KEEP_ACCOUNT)
    own = sessions.open_of(session, actor.staff_id, times, now)
    ended = sessions.revoke_all(session, [one.session_id for one in own if one.session_id != keep], now)
    push.all_gone(session, actor.staff_id, now)
    _note(session, actor, ended, origin, now)
    return ended


def _note(session: Session, actor: Actor, ended: int, origin: str, now: datetime) -> None:
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="sessions_ended",
        origin=origin,
        detail={"sessions": ended},
        now=now,
    )
