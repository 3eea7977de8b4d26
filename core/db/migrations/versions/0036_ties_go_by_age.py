"""Of two actions that are due at one instant, the one that was planned first is taken first.

Without the id PostgreSQL hands them over as they lie in the heap, so that a hold decides which of two texts is let go.

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PLANNED = sa.text("state = 'planned'")


def upgrade() -> None:
    _anew(["lane", "due_at", "id"])


def downgrade() -> None:
    _anew(["lane", "due_at"])


def _anew(columns: list[str]) -> None:
    op.drop_index("ix_timed_actions_due", "timed_actions")
    op.create_index(
        "ix_timed_actions_due", "timed_actions", columns, sqlite_where=PLANNED, postgresql_where=PLANNED
    )
