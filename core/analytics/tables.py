"""Conversion events: what happened on the way from form to treatment. Each day's texts, counted."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table

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

# Months of texts for a chart without reading the texts themselves; counted anew while a day can still change.
delivery_days = Table(
    "delivery_days",
    metadata,
    Column("day", Date, primary_key=True),  # the clinic's
    Column("template", String(60), primary_key=True),  # '' where a person wrote it
    Column("purpose", String(16), primary_key=True),
    Column("handed_over", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("failed", Integer, nullable=False),  # refused ones too, which were never handed over
    Column("segments", Integer, nullable=False),
    Column("opted_out", Integer, nullable=False),  # opt-outs of that day whose last text from us was this one
    Column("counted_at", UtcDateTime, nullable=False),
)
