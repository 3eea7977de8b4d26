"""Signs of life of each process, and the switches that act on all of them."""

from sqlalchemy import JSON, Column, String, Table

from core.db.metadata import metadata
from core.db.types import UtcDateTime

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("owner", String(60), primary_key=True),
    Column("process", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
)

switches = Table(
    "switches",
    metadata,
    Column("name", String(40), primary_key=True),  # sending_paused
    Column("value", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(36)),
)
