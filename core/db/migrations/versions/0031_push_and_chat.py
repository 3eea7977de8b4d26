"""Browsers that show somebody's alerts, the address of a chat tool, and ways of their own for what is urgent.

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted, EncryptedJson
from core.db.types import UtcDateTime

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("urgent_channels", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("staff", sa.Column("chat_address", Encrypted("staff.chat_address")))
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("endpoint_hash", sa.String(64), nullable=False),
        sa.Column("endpoint", Encrypted("push_subscriptions.endpoint"), nullable=False),
        sa.Column("browser_keys", EncryptedJson("push_subscriptions.browser_keys"), nullable=False),
        sa.Column("browser", sa.String(40), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.Column("gone_at", UtcDateTime()),
    )
    op.create_index("ix_push_subscriptions_staff_id", "push_subscriptions", ["staff_id"])
    op.create_index("ix_push_subscriptions_endpoint_hash", "push_subscriptions", ["endpoint_hash"])
    op.create_index("ix_alerts_made", "alerts", ["made_at"])


def downgrade() -> None:
    """What waits to leave by one of these ways would wait for ever: nobody sends it any more."""
    op.execute(
        "UPDATE timed_actions SET state = 'cancelled', reason = 'dropped' "
        "WHERE kind IN ('push', 'chat') AND state IN ('planned', 'sending')"
    )
    op.drop_index("ix_alerts_made", "alerts")
    op.drop_table("push_subscriptions")
    op.drop_column("staff", "chat_address")
    op.drop_column("staff", "urgent_channels")
