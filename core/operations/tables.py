"""Signs of life of each process, and the switches that act on all of them."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table

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

# Whatever stops sending has a row here, and only that: a few small rows, read in every claim.
switches = Table(
    "switches",
    metadata,
    Column("name", String(80), primary_key=True),  # sending_paused, error_rate, ..., template:<name>
    Column("stops", Boolean, nullable=False, default=False),
    Column("value", JSON, nullable=False),  # why, in figures
    Column("changed_at", UtcDateTime, nullable=False),  # stopped then, or counted anew from then on
    Column("changed_by", String(36)),
)

# Segments handed over on a clinic's day: what a daily budget and the spend limit are measured against.
sender_days = Table(
    "sender_days",
    metadata,
    Column("sender", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("segments", Integer, nullable=False),
)

# How far a periodic job has come: what was dealt with is behind this moment, whatever crashed since.
job_marks = Table(
    "job_marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("reached_at", UtcDateTime, nullable=False),
)
