"""Experiments: what was fixed, who was given which variant, and which one a text went by.

Revision ID: 0025
Revises: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RUNNING = sa.text("state = 'running'")
TRIED = sa.text("variant IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("subject_kind", sa.String(10), nullable=False),
        sa.Column("subject_key", sa.String(80), nullable=False),
        sa.Column("fixed", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("started_by", sa.String(36)),
        sa.Column("over_at", UtcDateTime()),
        sa.Column("stopped_by", sa.String(36)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict", sa.JSON()),
        sa.Column("decision", sa.String(4)),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(36)),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index(
        "ux_experiments_running",
        "experiments",
        ["subject_kind", "subject_key"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_table(
        "variant_assignments",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("experiment_id", sa.String(36), sa.ForeignKey("experiments.id"), nullable=False),
        sa.Column("patient_id", sa.String(36), nullable=False),
        sa.Column("variant", sa.String(4), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("counts_at", UtcDateTime(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("experiment_id", "patient_id"),
    )
    op.create_index("ix_variant_assignments_patient_id", "variant_assignments", ["patient_id"])
    op.add_column("sms_messages", sa.Column("variant", sa.String(41)))
    op.create_index(
        "ix_sms_messages_variant", "sms_messages", ["variant"], sqlite_where=TRIED, postgresql_where=TRIED
    )


def downgrade() -> None:
    op.drop_index("ix_sms_messages_variant", table_name="sms_messages")
    op.drop_column("sms_messages", "variant")
    op.drop_table("variant_assignments")
    op.drop_table("experiments")
