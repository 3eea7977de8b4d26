"""What stops sending: one row for each reason, stopped or not; segments of each sender and day.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("switches") as batch:
        batch.alter_column("name", existing_type=sa.String(length=40), type_=sa.String(length=80))
        batch.add_column(sa.Column("stops", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("switches") as batch:
        batch.alter_column("stops", server_default=None)
    op.create_table(
        "sender_days",
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "day", name=op.f("pk_sender_days")),
    )


def downgrade() -> None:
    op.drop_table("sender_days")
    op.execute(sa.text("DELETE FROM switches WHERE NOT stops OR name <> 'sending_paused'"))
    with op.batch_alter_table("switches") as batch:
        batch.drop_column("stops")
        batch.alter_column("name", existing_type=sa.String(length=80), type_=sa.String(length=40))
