"""SQL of how often a step was taken."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics.tables import conversion_events


def how_many(session: Session, event_type: str, start: datetime, end: datetime) -> int:
    """Events of one kind from `start` up to `end`."""
    c = conversion_events.c
    statement = select(func.count()).where(
        c.event_type == event_type, c.event_timestamp >= start, c.event_timestamp < end
    )
    return int(session.execute(statement).scalar_one())
