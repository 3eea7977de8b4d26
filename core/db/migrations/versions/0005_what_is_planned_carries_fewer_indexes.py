"""What is planned carries fewer indexes: each cost every new row, and nobody asked two of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_timed_actions_enrollment_id", "timed_actions")
    op.drop_index("ix_timed_actions_patient_id", "timed_actions")
    op.drop_index("ix_timed_actions_settled", "timed_actions")
    settled = sa.text("settled_at IS NOT NULL")
    op.create_index(
        "ix_timed_actions_settled",
        "timed_actions",
        ["state", "settled_at"],
        sqlite_where=settled,
        postgresql_where=settled,
    )


def downgrade() -> None:
    op.drop_index("ix_timed_actions_settled", "timed_actions")
    op.create_index("ix_timed_actions_settled", "timed_actions", ["state", "settled_at"])
    op.create_index("ix_timed_actions_patient_id", "timed_actions", ["patient_id"])
    op.create_index("ix_timed_actions_enrollment_id", "timed_actions", ["enrollment_id"])
