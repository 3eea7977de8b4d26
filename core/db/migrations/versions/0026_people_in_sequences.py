"""Who entered a sequence since when: an index, so that the numbers beside its steps cost what they count.

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_enrollments_entered", "enrollments", ["sequence", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_enrollments_entered", "enrollments")
