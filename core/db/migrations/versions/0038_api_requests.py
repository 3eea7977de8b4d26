"""Requests to the booking API that are answered the same again, and who holds times from the clinic's own site.

Revision ID: 0038
Revises: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "api_requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("request_index", sa.String(32), nullable=False),
        sa.Column("body_index", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id")),
        sa.Column("answer", Encrypted("api_requests.answer")),
        sa.UniqueConstraint("request_index", name="uq_api_requests_request_index"),
    )
    for name in ("created_at", "lead_id"):
        op.create_index(f"ix_api_requests_{name}", "api_requests", [name])
    op.create_table(
        "widget_holds",
        sa.Column("id", sa.String(36), sa.ForeignKey("holds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("address_index", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ux_widget_holds_place", "widget_holds", ["address_index", "place"], unique=True)


def downgrade() -> None:
    op.drop_table("widget_holds")
    op.drop_table("api_requests")
