"""Sequences in versions: what an enrollment is for, the moments it counts from, what stops it.

Whoever is under way in the one sequence that there was goes on in it, as the shipped version 1.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ACTIVE = sa.text("state = 'active'")
ENDING = sa.text("state = 'ending'")
OLD_STOPS = ",reply,contact,booking,opt_out,disqualified,reaction,new_form,"
LONGEST = timedelta(days=18)
ADDED = (
    "occurrence", "visit_id", "anchors", "moves", "stops_on", "steps_aside", "ends_at", "stopped_by",
)  # fmt: skip


def upgrade() -> None:
    for column in (
        sa.Column("occurrence", sa.String(48)),
        sa.Column("visit_id", sa.String(36)),
        sa.Column("anchors", sa.JSON()),
        sa.Column("moves", sa.Integer()),
        sa.Column("stops_on", sa.String(160)),
        sa.Column("steps_aside", sa.Boolean()),
        sa.Column("ends_at", UtcDateTime()),
        sa.Column("stopped_by", sa.String(36)),
    ):
        op.add_column("enrollments", column)
    _fill()
    with op.batch_alter_table("enrollments") as table:
        for name, kind in (
            ("occurrence", sa.String(48)), ("anchors", sa.JSON()), ("moves", sa.Integer()),
            ("stops_on", sa.String(160)), ("steps_aside", sa.Boolean()), ("ends_at", UtcDateTime()),
        ):  # fmt: skip
            table.alter_column(name, existing_type=kind, nullable=False)
    op.create_index("ix_enrollments_visit_id", "enrollments", ["visit_id"])
    op.create_index("ux_enrollments_cause", "enrollments", ["sequence", "occurrence"], unique=True)
    op.create_index(
        "ix_enrollments_active",
        "enrollments",
        ["sequence", "version"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index(
        "ix_enrollments_ending", "enrollments", ["stopped_at"], sqlite_where=ENDING, postgresql_where=ENDING
    )
    op.create_index(
        "ix_enrollments_ends_at", "enrollments", ["ends_at"], sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.add_column("timed_actions", sa.Column("sequence", sa.String(40)))
    op.add_column("timed_actions", sa.Column("window", sa.String(11)))
    op.execute("UPDATE timed_actions SET sequence = 'lead' WHERE enrollment_id IS NOT NULL")


def _fill() -> None:
    """Each is its own occurrence: nothing enters again for the cause that made it."""
    table = sa.table(
        "enrollments",
        sa.column("id"),
        sa.column("version"),
        sa.column("occurrence"),
        sa.column("anchors", sa.JSON()),
        sa.column("moves"),
        sa.column("stops_on"),
        sa.column("steps_aside", sa.Boolean()),
        sa.column("started_at", UtcDateTime()),
        sa.column("ends_at", UtcDateTime()),
    )
    values = {"occurrence": table.c.id, "version": 1, "anchors": {}, "moves": 0, "stops_on": OLD_STOPS}
    op.execute(table.update().values(**values, steps_aside=True))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.started_at)).all()
    for row in rows:
        one = table.update().where(table.c.id == row.id)
        connection.execute(one.values(ends_at=row.started_at + LONGEST))


def downgrade() -> None:
    op.drop_column("timed_actions", "window")
    op.drop_column("timed_actions", "sequence")
    for name in ("ends_at", "ending", "active"):
        op.drop_index(f"ix_enrollments_{name}", table_name="enrollments")
    op.drop_index("ux_enrollments_cause", table_name="enrollments")
    op.drop_index("ix_enrollments_visit_id", table_name="enrollments")
    with op.batch_alter_table("enrollments") as table:
        for name in ADDED:
            table.drop_column(name)
