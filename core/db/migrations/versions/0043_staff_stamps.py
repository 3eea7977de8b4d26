"""A stamp for each member of staff, written by triggers: who keeps what they read of everybody compares it.

Revision ID: 0043
Revises: 0042
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WATCHED = (
    ("staff", "id", "UPDATE"),
    ("shift_days", "staff_id", "UPDATE"),
    ("time_off", "staff_id", "UPDATE"),
    ("push_subscriptions", "staff_id", "UPDATE OF gone_at"),
)
FUNCTION = """
CREATE OR REPLACE FUNCTION stamp_staff() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO staff_stamps (staff_id, stamp)
    VALUES (to_jsonb(COALESCE(NEW, OLD)) ->> TG_ARGV[0], gen_random_uuid()::text)
    ON CONFLICT (staff_id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$
"""
STAMPED = (
    "INSERT INTO staff_stamps (staff_id, stamp) VALUES (<whose>, lower(hex(randomblob(16)))) "
    "ON CONFLICT (staff_id) DO UPDATE SET stamp = excluded.stamp"
)


def upgrade() -> None:
    op.create_table(
        "staff_stamps",
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("stamp", sa.String(36), nullable=False),
    )
    op.execute("INSERT INTO staff_stamps (staff_id, stamp) SELECT id, id FROM staff")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        _on_postgresql()
    else:
        _on_sqlite()


def _on_postgresql() -> None:
    for table, owner, update in WATCHED:
        gone = "" if owner == "id" else " OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_stamped AFTER INSERT OR {update}{gone} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION stamp_staff('{owner}')"
        )


def _on_sqlite() -> None:
    for table, owner, update in WATCHED:
        for when in ("INSERT", update, *(() if owner == "id" else ("DELETE",))):
            name = f"{table}_stamped_{when.split()[0].lower()}"
            body = STAMPED.replace("<whose>", f"{'OLD' if when == 'DELETE' else 'NEW'}.{owner}")
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {body}; END")


def downgrade() -> None:
    for table, owner, _ in WATCHED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_stamped ON {table}")
            continue
        for when in ("insert", "update", *(() if owner == "id" else ("delete",))):
            op.execute(f"DROP TRIGGER {table}_stamped_{when}")
    op.drop_table("staff_stamps")
    op.execute(
        "DROP FUNCTION IF EXISTS stamp_staff()"
    ) if op.get_bind().dialect.name == "postgresql" else None
