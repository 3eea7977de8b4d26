"""Conversion events: what happened on the way from form to treatment."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

conversion_events = Table(
    "conversion_events",
    metadata,
    id_column(),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("lead_id", String(36), index=True),
    Column("form_submission_id", String(36)),
    Column("event_type", String(40), nullable=False),
    Column("event_timestamp", UtcDateTime, nullable=False),
    Column("value_cents", Integer, nullable=False, default=0),
    Column("metadata", JSON, nullable=False),
    Index("ix_conversion_events_type", "event_type", "event_timestamp"),
)
