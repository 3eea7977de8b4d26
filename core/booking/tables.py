"""Visits of patients: when, where, with whom, and what became of them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

appointments = Table(
    "appointments",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("made_by", String(36)),
    Column("starts_at", UtcDateTime, index=True),  # empty where only the booking itself was noted
    Column("location", String(64), nullable=False),
    Column("provider_id", String(36)),
    Column("kind", String(24), nullable=False, default=""),
    Column("value_cents", Integer, nullable=False, default=0),  # 0 where nobody named a value
    Column("state", String(10), nullable=False),  # booked, attended, no_show, cancelled, withdrawn
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(36)),
    Column("reason", String(24)),  # why it was cancelled
    # Two colleagues who book one lead at the same moment make one visit.
    Index(
        "ux_appointments_ahead",
        "lead_id",
        unique=True,
        sqlite_where=text("state = 'booked'"),
        postgresql_where=text("state = 'booked'"),
    ),
)
