"""Why a kept form was dismissed; when a person agreed, beside when we heard of it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("raw_payloads", sa.Column("reason", sa.String(length=24), nullable=True))
    op.add_column("consents", sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("consents", "captured_at")
    op.drop_column("raw_payloads", "reason")
