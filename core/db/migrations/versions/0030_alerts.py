"""Each alert with its result and what was done about it; what is wrong now, for who watches.

Revision ID: 0030
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("result = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id")),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("template", sa.String(60), nullable=False),
        sa.Column("action_id", sa.String(36), nullable=False),
        sa.Column("link", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("result", sa.String(10), nullable=False),
        sa.Column("detail", sa.String(40), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("act", sa.String(12)),
        sa.Column("acted_at", UtcDateTime()),
    )
    op.create_index("ix_alerts_lead_id", "alerts", ["lead_id"])
    op.create_index("ix_alerts_action_id", "alerts", ["action_id"])
    op.create_index("ix_alerts_link", "alerts", ["link"])
    op.create_index("ix_alerts_staff", "alerts", ["staff_id", "made_at"])
    op.create_index(
        "ix_alerts_waiting",
        "alerts",
        ["staff_id", "template"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "troubles",
        sa.Column("name", sa.String(24), primary_key=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("over_at", UtcDateTime()),
    )


def downgrade() -> None:
    op.drop_table("troubles")
    op.drop_table("alerts")
