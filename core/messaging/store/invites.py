"""SQL of calendar invites, which are emails of a visit: those that have not left, and whether any has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.actions import State
from core.messaging.store import planning
from core.messaging.tables import timed_actions

A = timed_actions.c
LEFT = (State.SENDING, State.SENT, State.UNKNOWN)  # and what is on its way may arrive


def take_back(session: Session, keys: Sequence[str], now: datetime) -> None:
    """The visit changed before these left: none of them goes out."""
    for key in keys:
        planning.cancel_key(session, key, "visit_changed", by=None, now=now)


def may_have_left(session: Session, keys: Sequence[str]) -> bool:
    """Whether any of them may have reached somebody."""
    found = select(A.id).where(A.key.in_(keys), A.state.in_(LEFT)).limit(1)
    return session.execute(found).first() is not None
