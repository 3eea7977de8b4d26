"""SQL of conversion events: recorded, counted, taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, desc, func, select
from sqlalchemy.orm import Session

from core.analytics.tables import conversion_events
from core.db.hand_on import hand_on
from core.db.prepared import InsertOne
from core.domain.ids import new_id

_EVENT = InsertOne(conversion_events)


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
    _EVENT.run(
        session,
        id=new_id(now),
        patient_id=patient_id,
        lead_id=lead_id,
        form_submission_id=submission_id,
        event_type=event_type,
        event_timestamp=now,
        value_cents=value_cents,
        metadata=detail or {},
    )


def how_many(session: Session, event_type: str, start: datetime, end: datetime) -> int:
    """Events of one kind from `start` up to `end`."""
    c = conversion_events.c
    statement = select(func.count()).where(
        c.event_type == event_type, c.event_timestamp >= start, c.event_timestamp < end
    )
    return int(session.execute(statement).scalar_one())


def withdraw(session: Session, lead_id: str, event_type: str) -> int:
    """Delete the lead's events of one kind; how many. The timeline keeps that they were there."""
    c = conversion_events.c
    gone = session.execute(
        delete(conversion_events).where(c.lead_id == lead_id, c.event_type == event_type).returning(c.id)
    )
    return len(gone.all())


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's events to another, or `only` some of them; the ids of those given."""
    return hand_on(session, conversion_events, was, becomes, only)


def withdraw_last(session: Session, lead_id: str, event_type: str) -> None:
    """Delete the newest of the lead's events of one kind."""
    c = conversion_events.c
    newest = select(c.id).where(c.lead_id == lead_id, c.event_type == event_type)
    last = session.execute(newest.order_by(desc(c.event_timestamp), desc(c.id)).limit(1)).scalar_one_or_none()
    session.execute(delete(conversion_events).where(c.id == last))
