"""What is due and has not left: since when, and how many, without walking through what is planned for later."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import Lane, State
from core.messaging.tables import timed_actions

A = timed_actions.c
MOST_DUE = 10_000  # of each lane: more than that is 'very late' however many there are


def due_since(session: Session, now: datetime) -> dict[Lane, datetime]:
    """When the action that waits longest became due, for each lane where one waits."""
    found = {lane: session.execute(_due(lane, now).order_by(A.due_at).limit(1)).scalar() for lane in Lane}
    return {lane: since for lane, since in found.items() if since}


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next planned action becomes due; one look at the index for each lane."""
    later = select(func.min(A.due_at)).where(is_word(A.state, State.PLANNED), A.due_at > now)
    found = (session.execute(later.where(A.lane == lane.value)).scalar() for lane in Lane)
    return min((moment for moment in found if moment), default=None)


def due(session: Session, now: datetime) -> dict[Lane, int]:
    """How many are due in each lane, counted up to MOST_DUE."""
    return {lane: _count(session, _due(lane, now).limit(MOST_DUE)) for lane in Lane}


def _due(lane: Lane, now: datetime) -> Select[datetime]:
    return select(A.due_at).where(is_word(A.state, State.PLANNED), A.lane == lane.value, A.due_at <= now)


def _count(session: Session, rows: Select[datetime]) -> int:
    return int(session.execute(select(func.count()).select_from(rows.subquery())).scalar_one())
