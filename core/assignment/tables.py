"""Who was given which lead by which rule, and why."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

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
