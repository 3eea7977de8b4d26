"""Texts tell which wording they are; the preference for texts that name a treatment.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("sms_messages", sa.Column("template_version", sa.Integer(), nullable=True))
    op.add_column("sms_messages", sa.Column("language", sa.String(length=2), nullable=True))
    op.add_column("sms_messages", sa.Column("neutral", sa.Boolean(), nullable=True))
    op.add_column("phone_standing", sa.Column("unencrypted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("patients", sa.Column("unencrypted_at", sa.DateTime(timezone=True), nullable=True))
    # Both languages of the safety reply are one template now; what waits to go must not be lost over its name.
    op.execute(
        "UPDATE timed_actions SET template = 'safety_reply' WHERE template = 'safety_reply_es' AND state = 'planned'"
    )


def downgrade() -> None:
    op.drop_column("patients", "unencrypted_at")
    op.drop_column("phone_standing", "unencrypted_at")
    for name in ("neutral", "language", "template_version"):
        op.drop_column("sms_messages", name)
