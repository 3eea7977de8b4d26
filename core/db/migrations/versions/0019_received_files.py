"""Files of received texts: tries with a limit, why one is not kept, and when the provider's copy was deleted.

What waits to be fetched is tried anew from now on; of what is kept already the provider's copy is deleted.

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("fetched_at IS NULL")
TO_DO = sa.text("next_try_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("text_media", sa.Column("refused", sa.String(length=16), nullable=True))
    op.add_column("text_media", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("text_media", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("text_media", sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
    # SQLite keeps moments as text, and compares them as text: one that was written before is in the right shape.
    op.execute(
        "UPDATE text_media SET next_try_at ="
        " (SELECT created_at FROM sms_messages WHERE sms_messages.id = text_media.text_id)"
    )
    op.drop_index("ix_text_media_waiting", table_name="text_media")
    op.create_index(
        "ix_text_media_next_try", "text_media", ["next_try_at"], sqlite_where=TO_DO, postgresql_where=TO_DO
    )


def downgrade() -> None:
    op.drop_index("ix_text_media_next_try", table_name="text_media")
    op.create_index(
        "ix_text_media_waiting", "text_media", ["id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    for name in ("next_try_at", "tries", "removed_at", "refused"):
        op.drop_column("text_media", name)
