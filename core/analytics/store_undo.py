"""SQL of taking a conversion event back that was marked by mistake."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.analytics.tables import conversion_events


def withdraw(session: Session, lead_id: str, event_type: str) -> int:
    """Delete the lead's events of one kind; how many. The timeline keeps that they were there."""
    c = conversion_events.c
    gone = session.execute(
        delete(conversion_events).where(c.lead_id == lead_id, c.event_type == event_type).returning(c.id)
    )
    return len(gone.all())
