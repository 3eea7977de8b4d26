"""SQL of letting a sequence go on that was stopped by mistake."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.sequences.tables import enrollments


def go_on(session: Session, lead_id: str, stopped_at: datetime) -> int:
    """Enrollments that were stopped at that very moment are active again; how many."""
    c = enrollments.c
    resumed = session.execute(
        update(enrollments)
        .where(c.lead_id == lead_id, c.state == "stopped", c.stopped_at == stopped_at)
        .values(state="active", stopped_at=None, stop_reason=None)
        .returning(c.id)
    )
    return len(resumed.all())
