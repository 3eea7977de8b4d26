"""One target of one lead: when it started, when it is due, how it ended; and that it was missed, for good."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

_LIVE = text("state IN ('running', 'paused')")
_UNMARKED = text("state = 'running' AND breached_at IS NULL")
_PAUSED = text("state = 'paused'")
_ENDED = text("ended_at IS NOT NULL")

sla_clocks = Table(
    "sla_clocks",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("target", String(24), nullable=False),  # core.sla.rules.TARGETS
    Column("round", Integer, nullable=False, default=1),
    # Its policy as it was when the clock started: whatever is published later changes nothing here.
    Column("policy", String(60), nullable=False),
    Column("policy_number", Integer, nullable=False, default=1, server_default="1"),
    Column("target_seconds", Integer, nullable=False),
    Column("warn_seconds", Integer),  # how much is gone when it is shown as approaching; empty: half
    Column("at_any_hour", Boolean, nullable=False, default=False, server_default=false()),
    Column("started_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),  # running, paused, met, missed, void
    Column("paused_at", UtcDateTime),
    Column("paused_for", String(10)),  # snoozed, patient; kept after the pause
    Column("pause_ends_at", UtcDateTime),  # when it runs on at the latest
    Column("paused_seconds", Integer, nullable=False, default=0, server_default="0"),  # of earlier pauses
    Column("ended_at", UtcDateTime),
    Column("breached_at", UtcDateTime),  # stays when the contact comes late
    Column("response_seconds", Integer),
    Column("ended_by", String(36)),
    UniqueConstraint("lead_id", "target", "round"),
    # By target first: an overdue qualification of weeks ago stands in nobody's way who looks for first contacts. With
    # all that the board counts by: it counts every one of them, and would read as many rows.
    Index(
        "ix_sla_clocks_live",
        *("target", "due_at", "state", "lead_id", "target_seconds", "warn_seconds"),
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    # What the sweep looks for, twice a second: it must not walk through what it has marked already.
    Index("ix_sla_clocks_unmarked", "due_at", sqlite_where=_UNMARKED, postgresql_where=_UNMARKED),
    Index("ix_sla_clocks_paused", "pause_ends_at", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
    # What the policies' page counts of a month, without reading a clock.
    Index(
        "ix_sla_clocks_ended",
        "ended_at",
        "state",
        "target",
        "policy",
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
    ),
)

# That a target was missed, written once and never changed, whatever becomes of the clock.
sla_breaches = Table(
    "sla_breaches",
    metadata,
    id_column(),
    Column("clock_id", ForeignKey("sla_clocks.id"), nullable=False, unique=True),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("target", String(24), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),  # when it was due
    Column("noted_at", UtcDateTime, nullable=False),
    Column("staff_id", String(36)),  # whose the lead was then
    Column("cause", String(20), nullable=False),  # core.sla.causes.CAUSES
)
