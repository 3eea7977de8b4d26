"""Alarms: a patient wrote of danger, and whether somebody has taken it up."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

OPEN = text("acknowledged_at IS NULL")
URGENT = text("ended_at IS NULL")

alarms = Table(
    "alarms",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("text_id", String(36), nullable=False),  # the one that raised it
    Column("raised_at", UtcDateTime, nullable=False),
    Column("priority_before", Integer, nullable=False),  # what the lead goes back to
    Column("acknowledged_at", UtcDateTime),  # nobody is told again from then on
    Column("acknowledged_by", String(36)),
    Column("ended_at", UtcDateTime),  # a person has reached the patient: no longer urgent
    # One that nobody has acknowledged for each lead: a second cry joins the first.
    Index("ix_alarms_open", "lead_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_alarms_urgent", "lead_id", "raised_at", sqlite_where=URGENT, postgresql_where=URGENT),
    Index("ix_alarms_lead_id", "lead_id", "raised_at"),
)
