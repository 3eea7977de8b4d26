"""Short links that ran out long ago are found without a walk through all of them.

Revision ID: 0044
Revises: 0043
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_short_links_expires_at"


def upgrade() -> None:
    op.create_index(NAME, "short_links", ["expires_at"])


def downgrade() -> None:
    op.drop_index(NAME, "short_links")
