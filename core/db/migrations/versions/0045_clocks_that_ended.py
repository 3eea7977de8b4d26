"""How policies were kept is counted from an index of the clocks that ended, which are read no more.

Revision ID: 0045
Revises: 0044
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENDED = sa.text("ended_at IS NOT NULL")
BEFORE, NOW = "ix_sla_clocks_ended_at", "ix_sla_clocks_ended"
COLUMNS = ("ended_at", "state", "target", "policy")


def upgrade() -> None:
    op.create_index(NOW, "sla_clocks", COLUMNS, sqlite_where=ENDED, postgresql_where=ENDED)
    op.drop_index(BEFORE, "sla_clocks")


def downgrade() -> None:
    op.create_index(BEFORE, "sla_clocks", ("ended_at",), sqlite_where=ENDED, postgresql_where=ENDED)
    op.drop_index(NOW, "sla_clocks")
