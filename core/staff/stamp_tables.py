"""What tells that somebody's account, shifts, time off or browsers changed: a stamp for each member of staff.

Triggers write it, so that no way to change them can forget it, by whichever process; a process that keeps what it read
of everybody compares the stamps (`core.staff.store.everybody`). A stamp is never used twice: what was read under one
that was rolled back is nobody's.
"""

from typing import Any

from sqlalchemy import DDL, Column, ForeignKey, String, Table, event

from core.db.metadata import metadata
from core.staff.tables import push_subscriptions, shift_days, staff, time_off

staff_stamps = Table(
    "staff_stamps",
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("stamp", String(36), nullable=False),
)

# Of each table, which column says whose row it is, and which changes of a row count: a browser notes each alert.
WATCHED = (
    (staff, "id", "UPDATE"),
    (shift_days, "staff_id", "UPDATE"),
    (time_off, "staff_id", "UPDATE"),
    (push_subscriptions, "staff_id", "UPDATE OF gone_at"),
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


def triggers(dialect: str, table: str, owner: str, update: str) -> list[str]:
    """The statements that make those of one table. Whoever is deleted takes their stamp along, so none is written."""
    gone = [] if owner == "id" else ["DELETE"]
    if dialect == "postgresql":
        when = " OR ".join(["INSERT", update, *gone])
        return [
            f"CREATE TRIGGER {table}_stamped AFTER {when} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION stamp_staff('{owner}')"
        ]
    return [_on_sqlite(table, owner, when) for when in ["INSERT", update, *gone]]


def _on_sqlite(table: str, owner: str, when: str) -> str:
    name = f"{table}_stamped_{when.split()[0].lower()}"
    whose = f"{'OLD' if when == 'DELETE' else 'NEW'}.{owner}"
    return f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {STAMPED.replace('<whose>', whose)}; END"


make: Any = DDL  # it has no types
event.listen(staff, "before_create", make(FUNCTION).execute_if(dialect="postgresql"))
for kind in ("sqlite", "postgresql"):
    for table, owner, update in WATCHED:
        for statement in triggers(kind, table.name, owner, update):
            event.listen(table, "after_create", make(statement).execute_if(dialect=kind))
