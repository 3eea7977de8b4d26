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

# Whatever stops sending has a row here, and one that tells that something was published: a few small rows, read in
# every claim.
switches = Table(
    "switches",
    metadata,
    Column(
        "name", String(80), primary_key=True
    ),  # sending_paused, error_rate, ..., template:<name>, published
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

# What the watch found wrong with the product itself. A row stands for good: it says since when, and when it was over.
troubles = Table(
    "troubles",
    metadata,
    Column("name", String(24), primary_key=True),  # scheduler_silent, texts_late, forms_silent, ...
    Column("figures", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),  # when admins were told of this time
    Column("over_at", UtcDateTime),
)
