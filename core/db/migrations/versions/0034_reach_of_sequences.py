"""How far those who entered a sequence came, counted by day, so that a year of it costs a few rows. Emails by their
moment, for what came back lately.

Revision ID: 0034
Revises: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = ("sequence", "day", "version", "step", "state", "reason")


def upgrade() -> None:
    op.create_table(
        "sequence_reach",
        sa.Column("sequence", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(24), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_sequence_reach")),
    )

    op.create_index("ix_emails_created_at", "emails", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_emails_created_at", "emails")
    op.drop_table("sequence_reach")
