"""Calendars elsewhere: when a provider is busy there, and the secret address of their visits here.

Revision ID: 0040
Revises: 0039
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("url", Encrypted("calendar_feeds.url"), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
        *(sa.Column(name, UtcDateTime()) for name in ("polled_at", "seen_at", "read_at")),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("trouble", sa.String(24), nullable=False),
        sa.Column("failing_since", UtcDateTime()),
        sa.UniqueConstraint("staff_id", name="uq_calendar_feeds_staff_id"),
    )
    op.create_table(
        "busy_times",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("feed_id", sa.String(36), sa.ForeignKey("calendar_feeds.id"), nullable=False),
        sa.Column("staff_id", sa.String(36), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
    )
    for name in ("feed_id", "ends_at"):
        op.create_index(f"ix_busy_times_{name}", "busy_times", [name])
    op.create_table(
        "calendar_addresses",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
        sa.UniqueConstraint("staff_id", name="uq_calendar_addresses_staff_id"),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_addresses_secret_hash"),
    )


def downgrade() -> None:
    for name in ("calendar_addresses", "busy_times", "calendar_feeds"):
        op.drop_table(name)
