"""Each alert to one member of staff about one lead, by which way it went, what came of it, what they did about it."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

# Several that gathered into one text have the same `action_id` and the same `link`. Nothing here names a patient.
alerts = Table(
    "alerts",
    metadata,
    id_column(),
    Column("key", String(120), nullable=False, unique=True),  # the same cause tells the same person once
    Column("lead_id", ForeignKey("leads.id"), index=True),  # empty for what is about no lead
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("channel", String(8), nullable=False),  # sms, email, push, chat
    Column("template", String(60), nullable=False),
    Column("action_id", String(36), nullable=False, index=True),
    Column(
        "link", String(16), nullable=False, index=True
    ),  # of the address in it; its signature stands nowhere
    Column("made_at", UtcDateTime, nullable=False),
    Column("result", String(10), nullable=False),  # waiting, sent, failed, dropped, withdrawn
    Column("detail", String(40), nullable=False, default=""),
    Column("ended_at", UtcDateTime),
    # What was done by its link, or by the answer to it: acknowledge, take, hand_on. Once.
    Column("act", String(12)),
    Column("acted_at", UtcDateTime),
    Index(
        "ix_alerts_waiting",
        "staff_id",
        "template",
        sqlite_where=text("result = 'waiting'"),
        postgresql_where=text("result = 'waiting'"),
    ),
    Index("ix_alerts_staff", "staff_id", "made_at"),
    Index("ix_alerts_made", "made_at"),
)
