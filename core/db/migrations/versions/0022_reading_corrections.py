"""Who corrected what a patient's text was read as.

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reading_corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("text_id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("was", sa.String(length=24), nullable=False),
        sa.Column("becomes", sa.String(length=24), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_reading_corrections_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_corrections")),
    )
    op.create_index("ix_reading_corrections_text_id", "reading_corrections", ["text_id", "at"])
    op.create_index("ix_reading_corrections_lead_id", "reading_corrections", ["lead_id"])


def downgrade() -> None:
    op.drop_index("ix_reading_corrections_lead_id", table_name="reading_corrections")
    op.drop_index("ix_reading_corrections_text_id", table_name="reading_corrections")
    op.drop_table("reading_corrections")
