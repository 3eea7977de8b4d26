"""Experiments, and who was given which variant."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

DRAFT, RUNNING, ENDED, STOPPED, VOID = "draft", "running", "ended", "stopped", "void"
RUNNING_ROWS = text("state = 'running'")

experiments = Table(
    "experiments",
    metadata,
    id_column(),
    Column("title", String(80), nullable=False),
    Column("state", String(10), nullable=False),  # draft, running, ended, stopped, void
    Column("subject_kind", String(10), nullable=False),  # template, step
    Column("subject_key", String(80), nullable=False),  # 'lead_question', 'lead/minute-2'
    Column("fixed", JSON, nullable=False),  # rules/fixed.py; never changed once it was started
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("started_at", UtcDateTime),
    Column("started_by", String(36)),
    Column("over_at", UtcDateTime),
    Column("stopped_by", String(36)),  # None where it ended or stopped by itself
    Column("reason", Text, nullable=False, default=""),  # why somebody stopped it
    Column("verdict", JSON),  # rules/reading.py; written once, with the state that it led to
    Column("decision", String(4)),  # the key of the variant that is used from then on
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(36)),
    Column("note", Text, nullable=False, default=""),  # why it was decided so
    # One at a time on the same subject: two who start at once meet here.
    Index(
        "ux_experiments_running",
        "subject_kind",
        "subject_key",
        unique=True,
        sqlite_where=RUNNING_ROWS,
        postgresql_where=RUNNING_ROWS,
    ),
)

variant_assignments = Table(
    "variant_assignments",
    metadata,
    id_column(),
    Column("experiment_id", ForeignKey("experiments.id"), nullable=False),
    Column("patient_id", String(36), nullable=False, index=True),
    Column("variant", String(4), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("counts_at", UtcDateTime, nullable=False),  # when the days of the metric have passed
    # The profile was merged into one that has a variant of its own: it is not counted twice.
    Column("aside", Boolean, nullable=False, default=False),
    UniqueConstraint("experiment_id", "patient_id"),
)
