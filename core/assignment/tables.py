"""Who was given which lead by which rule and why, whose turn it is, and which leads wait for somebody."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

# What is published, laid out as rows for whoever asks in SQL (docs/decisions/0023). Nothing of ours reads it.
assignment_rules = Table(
    "assignment_rules",
    metadata,
    id_column(),
    Column("name", String(100), nullable=False, unique=True),
    Column("priority", Integer, nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("assign_to", JSON, nullable=False),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("rule", String(100), nullable=False),
    Column("trace", JSON, nullable=False),  # [{"staff_id", "name", "chosen", "why"}]
    Column("by_staff_id", String(36)),
)

# One row a person who was ever given a lead by the rules (`rules.turns`), and whether they are off the rotation.
assignment_turns = Table(
    "assignment_turns",
    metadata,
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("count", BigInteger, nullable=False, default=0),
    Column("began", BigInteger, nullable=False, default=0),
    Column("missed", Integer, nullable=False, default=0),  # leads in a row that were not looked after in time
    Column("off_since", UtcDateTime),  # off the rotation, until back
)

# Leads for which nobody was free. A row goes when the lead has an owner or is over.
assignment_queue = Table(
    "assignment_queue",
    metadata,
    Column("lead_id", ForeignKey("leads.id"), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("why", String(24), nullable=False),  # nobody_on_shift, over_capacity, nobody_takes_leads, released
    Index("ix_assignment_queue_since", "since"),
)
