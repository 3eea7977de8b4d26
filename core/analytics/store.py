"""SQL of conversion events."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.analytics.tables import conversion_events
from core.domain.ids import new_id


def record(
    session: Session,
    event_type: str,
    *,
    patient_id: str,
    lead_id: str | None,
    now: datetime,
    submission_id: str | None = None,
    value_cents: int = 0,
    detail: dict[str, Any] | None = None,
) -> None:
    """One step on the way from form to treatment. `detail` never holds what identifies a patient."""
    session.execute(
        insert(conversion_events),
        {
            "id": new_id(now),
            "patient_id": patient_id,
            "lead_id": lead_id,
            "form_submission_id": submission_id,
            "event_type": event_type,
            "event_timestamp": now,
            "value_cents": value_cents,
            "metadata": detail or {},
        },
    )
