"""Forms that came lately by our own pages, counted by keyed hashes

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
INDEXED = ("form", "page", "number", "network", "words")


def upgrade() -> None:
    op.create_table(
        "form_knocks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(f"{name}_index", sa.String(length=32), nullable=True) for name in INDEXED),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_knocks")),
    )
    for name in INDEXED:
        given = sa.text(f"{name}_index IS NOT NULL")
        columns = [f"{name}_index"] + (["at"] if name != "form" else [])
        op.create_index(
            f"ix_form_knocks_{name}", "form_knocks", columns, sqlite_where=given, postgresql_where=given
        )


def downgrade() -> None:
    op.drop_table("form_knocks")
