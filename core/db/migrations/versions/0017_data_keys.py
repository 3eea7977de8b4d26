"""A key for each patient: values stored from now on are under it, and bound to their row.

What was stored before stays readable, and is written anew by the scheduler (`core.flows.upkeep.sealing_values`).

Revision ID: 0017
Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_subject"), "data_keys", ["subject"])


def downgrade() -> None:
    op.drop_index(op.f("ix_data_keys_subject"), table_name="data_keys")
    op.drop_table("data_keys")
