"""Signed webhooks out: who hears of visits, and what became of each thing that they were told.

Revision ID: 0042
Revises: 0041
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("url", Encrypted("webhook_endpoints.url"), nullable=False),
        sa.Column("secret", Encrypted("webhook_endpoints.secret"), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("endpoint_id", sa.String(36), sa.ForeignKey("webhook_endpoints.id"), nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("visit_id", sa.String(36), sa.ForeignKey("appointments.id"), nullable=False),
        sa.Column("action_id", sa.String(36), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.String(40), nullable=False),
        sa.Column("tried_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.UniqueConstraint("action_id", name="uq_webhook_deliveries_action_id"),
    )
    op.create_index("ix_webhook_deliveries_visit_id", "webhook_deliveries", ["visit_id"])
    op.create_index("ix_webhook_deliveries_made_at", "webhook_deliveries", ["made_at"])
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["endpoint_id", "visit_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_endpoints")
