"""The index of the clocks that run carries what the SLA monitor counts them by.

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVE = sa.text("state IN ('running', 'paused')")
BEFORE = ["target", "due_at"]
AFTER = [*BEFORE, "state", "lead_id", "target_seconds", "warn_seconds"]


def upgrade() -> None:
    _anew(AFTER)


def downgrade() -> None:
    _anew(BEFORE)


def _anew(columns: list[str]) -> None:
    op.drop_index("ix_sla_clocks_live", "sla_clocks")
    op.create_index("ix_sla_clocks_live", "sla_clocks", columns, sqlite_where=LIVE, postgresql_where=LIVE)
