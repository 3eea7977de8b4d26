"""SQL of what staff and the patient of a lead have written to one another."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.messaging.tables import sms_messages

S = sms_messages.c


def by_staff(session: Session, lead_id: str) -> list[tuple[datetime, str | None]]:
    """(when it went, who wrote it) of each text that a person wrote to this lead's patient, oldest first."""
    statement = select(S.sent_at, S.staff_id).where(
        S.lead_id == lead_id, S.origin == "staff", S.sent_at.is_not(None)
    )
    return [(row.sent_at, row.staff_id) for row in session.execute(statement.order_by(S.sent_at))]


def last_from_patient(session: Session, lead_id: str) -> datetime | None:
    """When the patient last wrote."""
    statement = select(func.max(S.created_at)).where(S.lead_id == lead_id, S.direction == "inbound")
    return session.execute(statement).scalar()
