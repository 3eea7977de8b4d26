"""Short links to the clinic's pages, one for each text that carries one.

Revision ID: 0041
Revises: 0040
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "short_links",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("target", sa.String(1000), nullable=False),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id")),
        sa.Column("action_id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("first_clicked_at", UtcDateTime()),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.UniqueConstraint("code_hash", name="uq_short_links_code_hash"),
    )
    op.create_index("ix_short_links_lead_id", "short_links", ["lead_id"])


def downgrade() -> None:
    op.drop_table("short_links")
