"""Clocks keep their policy's version and their pauses have a limit; a breach is a row of its own, with its cause.

Indexes: what is live by its target, what the sweep has yet to mark, what stands still; and what has ended without the
rows that have not.

Revision ID: 0029
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVE = sa.text("state IN ('running', 'paused')")
UNMARKED = sa.text("state = 'running' AND breached_at IS NULL")
PAUSED = sa.text("state = 'paused'")
ENDED = sa.text("ended_at IS NOT NULL")
# Of what was missed before, who was at work is not known any more: whose the lead is, and whether it had been seen, is.
BREACHES_SO_FAR = """
INSERT INTO sla_breaches (id, clock_id, lead_id, target, at, noted_at, staff_id, cause)
SELECT c.id, c.id, c.lead_id, c.target, c.due_at, COALESCE(c.breached_at, c.ended_at, c.due_at), l.owner_id,
    CASE WHEN l.owner_id IS NULL THEN 'nobody_on_shift'
        WHEN l.viewed_at IS NULL OR l.viewed_at > c.due_at THEN 'unacknowledged' ELSE 'late' END
FROM sla_clocks c JOIN leads l ON l.id = c.lead_id
WHERE c.state = 'missed' OR (c.state <> 'met' AND c.breached_at IS NOT NULL)
"""


def upgrade() -> None:
    for column in (
        sa.Column("policy_number", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("warn_seconds", sa.Integer()),
        sa.Column("at_any_hour", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("paused_for", sa.String(10)),
        sa.Column("pause_ends_at", UtcDateTime()),
        sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("sla_clocks", column)
    op.execute("UPDATE sla_clocks SET at_any_hour = true WHERE target = 'danger'")
    op.execute("UPDATE sla_clocks SET paused_for = 'snoozed' WHERE state = 'paused'")
    op.drop_index("ix_sla_clocks_live", "sla_clocks")
    op.drop_index("ix_sla_clocks_ended_at", "sla_clocks")
    _index("live", ["target", "due_at"], LIVE)
    _index("unmarked", ["due_at"], UNMARKED)
    _index("paused", ["pause_ends_at"], PAUSED)
    _index("ended_at", ["ended_at"], ENDED)
    op.create_table(
        "sla_breaches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("clock_id", sa.String(36), sa.ForeignKey("sla_clocks.id"), nullable=False),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id"), nullable=False),
        sa.Column("target", sa.String(24), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("staff_id", sa.String(36)),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.UniqueConstraint("clock_id"),
    )
    op.create_index("ix_sla_breaches_lead_id", "sla_breaches", ["lead_id"])
    op.create_index("ix_sla_breaches_at", "sla_breaches", ["at"])
    op.execute(BREACHES_SO_FAR)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(
        f"ix_sla_clocks_{name}", "sla_clocks", columns, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_table("sla_breaches")
    for name in ("live", "unmarked", "paused", "ended_at"):
        op.drop_index(f"ix_sla_clocks_{name}", "sla_clocks")
    op.create_index("ix_sla_clocks_live", "sla_clocks", ["due_at"], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_sla_clocks_ended_at", "sla_clocks", ["ended_at"])
    names = ("policy_number", "warn_seconds", "at_any_hour", "paused_for", "pause_ends_at", "paused_seconds")
    for name in names:
        op.drop_column("sla_clocks", name)
