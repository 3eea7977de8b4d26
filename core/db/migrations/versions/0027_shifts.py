"""When people work beside their weekly hours: dates of their own, time off, who is on call; and what rules and alerts
ask of a person: languages, their share, quiet hours, urgent only, when a break ends by itself.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("status_until", UtcDateTime()))
    op.add_column("staff", sa.Column("languages", sa.JSON(), nullable=False, server_default='["en"]'))
    op.add_column("staff", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("staff", sa.Column("urgent_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff", sa.Column("quiet_hours", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "shift_days",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.String(36), nullable=False),
        sa.UniqueConstraint("staff_id", "date"),
    )
    op.create_index("ix_shift_days_date", "shift_days", ["date"])
    op.create_table(
        "time_off",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", Encrypted("time_off.note")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
    )
    op.create_table(
        "on_call",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
    )
    for table in ("time_off", "on_call"):
        op.create_index(f"ix_{table}_staff_id", table, ["staff_id"])
        op.create_index(f"ix_{table}_ends_at", table, ["ends_at"])


def downgrade() -> None:
    for table in ("on_call", "time_off", "shift_days"):
        op.drop_table(table)
    for column in ("quiet_hours", "urgent_only", "weight", "languages", "status_until"):
        op.drop_column("staff", column)
