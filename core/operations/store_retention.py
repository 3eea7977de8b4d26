"""SQL of forgetting processes that are long gone."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.operations.tables import heartbeats


def forget_silent_processes(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` processes last seen before a moment; how many."""
    c = heartbeats.c
    old = select(c.owner).where(c.beat_at < before).limit(limit)
    return len(session.execute(delete(heartbeats).where(c.owner.in_(old)).returning(c.owner)).all())
