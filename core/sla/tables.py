"""One target of one lead: when it started, when it is due, how it ended."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

sla_clocks = Table(
    "sla_clocks",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("target", String(24), nullable=False),  # first_contact, first_conversation, next_reply, danger
    Column("round", Integer, nullable=False, default=1),
    Column("policy", String(60), nullable=False),
    Column("target_seconds", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),  # running, paused, met, missed, void
    Column("paused_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("breached_at", UtcDateTime),  # stays when the contact comes late
    Column("response_seconds", Integer),
    Column("ended_by", String(36)),
    UniqueConstraint("lead_id", "target", "round"),
    Index(
        "ix_sla_clocks_live",
        "due_at",
        sqlite_where=text("state IN ('running', 'paused')"),
        postgresql_where=text("state IN ('running', 'paused')"),
    ),
    Index("ix_sla_clocks_ended_at", "ended_at"),
)
