"""An index of recent opt-outs.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
REVOKED = sa.text("action = 'revoke'")


def upgrade() -> None:
    op.create_index("ix_consents_revoked", "consents", ["at"], sqlite_where=REVOKED, postgresql_where=REVOKED)


def downgrade() -> None:
    op.drop_index("ix_consents_revoked", table_name="consents")
