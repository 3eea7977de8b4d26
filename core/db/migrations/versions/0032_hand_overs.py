"""What somebody who goes leaves to whoever comes next; which cold leads a manager has looked at.

Revision ID: 0032
Revises: 0031
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("to_id", sa.String(36), sa.ForeignKey("staff.id")),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36)),
        sa.Column("note", Encrypted("hand_overs.note")),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("taken_by", sa.String(36)),
    )
    op.create_index(
        "ix_hand_overs_waits",
        "hand_overs",
        ["staff_id", "ends_at"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_table(
        "hand_over_leads",
        sa.Column("hand_over_id", sa.String(36), sa.ForeignKey("hand_overs.id"), primary_key=True),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id"), primary_key=True),
    )
    op.create_index("ix_hand_over_leads_lead_id", "hand_over_leads", ["lead_id"])
    op.add_column("leads", sa.Column("reviewed_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("leads", "reviewed_at")
    op.drop_table("hand_over_leads")
    op.drop_table("hand_overs")
