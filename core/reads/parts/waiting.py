"""What is due and has not left: since when, and how many, without walking through what is planned for later.

One look at the index for each lane, all lanes in one statement.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import EMAIL_LANE, Lane, State
from core.messaging.tables import timed_actions

A = timed_actions.c
MOST_DUE = 10_000  # of each lane: more than that is 'very late' however many there are
# Of unknown fate, and either still looked up or a person's to decide: alerts to staff are nobody's.
UNDECIDED = A.verify_at.is_not(None) | (A.audience == "patient")


def due_since(session: Session, now: datetime) -> dict[Lane, datetime]:
    """When the action that waits longest became due, for each lane where one waits."""
    found = _by_lane(session, lambda lane: _planned(lane).where(A.due_at <= now).order_by(A.due_at).limit(1))
    return {lane: since for lane, since in found.items() if since}


def first_due(session: Session) -> datetime | None:
    """When the first of all planned actions is, or was, due."""
    found = _by_lane(session, lambda lane: _planned(lane).order_by(A.due_at).limit(1))
    return min((moment for moment in found.values() if moment), default=None)


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next planned action becomes due."""
    found = _by_lane(session, lambda lane: _planned(lane).where(A.due_at > now).order_by(A.due_at).limit(1))
    return min((moment for moment in found.values() if moment), default=None)


def due(session: Session, now: datetime) -> dict[Lane, int]:
    """How many are due in each lane, counted up to MOST_DUE."""
    return _by_lane(session, lambda lane: _count(_planned(lane).where(A.due_at <= now).limit(MOST_DUE)))


def emails_due(session: Session, now: datetime) -> int:
    """The same of emails, which have a lane of their own."""
    waiting = select(A.due_at).where(is_word(A.state, State.PLANNED), A.lane == EMAIL_LANE, A.due_at <= now)
    return int(session.execute(_count(waiting.limit(MOST_DUE))).scalar_one())


def in_flight_since(session: Session) -> datetime | None:
    """Since when the text that is out longest is out: nothing is, or nobody brings its result."""
    since = select(func.min(A.claimed_at)).where(is_word(A.state, State.SENDING))
    return session.execute(since).scalar()


def _planned(lane: Lane) -> Select[Any]:
    return select(A.due_at).where(is_word(A.state, State.PLANNED), A.lane == lane.value)


def _count(rows: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(rows.subquery())


def _by_lane(session: Session, one: Callable[[Lane], Select[Any]]) -> dict[Lane, Any]:
    """One value for each lane."""
    row = session.execute(select(*(one(lane).scalar_subquery() for lane in Lane))).one()
    return dict(zip(Lane, row, strict=True))
