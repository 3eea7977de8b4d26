"""SQL of how many leads came."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.leads.tables import leads


def came(session: Session, start: datetime, end: datetime) -> int:
    """Leads from `start` up to `end`."""
    c = leads.c
    return int(
        session.execute(select(func.count()).where(c.created_at >= start, c.created_at < end)).scalar_one()
    )
