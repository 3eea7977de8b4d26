"""The audit trail is chained, knows the patient, the actor and the place, and refuses to be changed.

Revision ID: 0013
Revises: 0012
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.audit.chain import LANES, Entry, beginning, mac_of, seal_of
from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime, keyring_of

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDED = ("lane", "number", "actor", "patient_id", "origin", "mac")
FIXED = "id, lane, number, at, staff_id, actor, action, subject, patient_id, detail, mac"
REFUSED = "the audit trail is append-only"


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("lane", sa.Integer(), nullable=True))
    op.add_column("audit_events", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("audit_events", sa.Column("actor", sa.String(60), nullable=False, server_default=""))
    op.add_column("audit_events", sa.Column("patient_id", sa.String(36), nullable=True))
    op.add_column("audit_events", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.add_column("audit_events", sa.Column("mac", sa.LargeBinary(32), nullable=True))
    op.create_table(
        "audit_lanes",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.Column("seal", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_audit_lanes")),
    )
    _chain_what_is_there()
    with op.batch_alter_table("audit_events") as table:
        table.alter_column("lane", existing_type=sa.Integer(), nullable=False)
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.alter_column("mac", existing_type=sa.LargeBinary(32), nullable=False)
        table.create_unique_constraint(op.f("uq_audit_events_lane_number"), ["lane", "number"])
        table.create_index("ix_audit_events_patient_id", ["patient_id", "at"])
        table.create_index("ix_audit_events_staff_id", ["staff_id", "at"])
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _chain_what_is_there() -> None:
    """Earlier rows follow one another in the first lane; what became of them before now nobody can tell."""
    connection = op.get_bind()
    key = keyring_of(connection.dialect).audit_key
    names: dict[str, Any] = {
        "id": sa.String(),
        "at": UtcDateTime(),
        "staff_id": sa.String(),
        "action": sa.String(),
        "subject": sa.String(),
        "reason": Encrypted("audit_events.reason"),
        "detail": sa.JSON(),
        "lane": sa.Integer(),
        "number": sa.Integer(),
        "mac": sa.LargeBinary(),
    }
    events = sa.table("audit_events", *(sa.column(name, kind) for name, kind in names.items()))
    e = events.c
    mac, number = beginning(key, 0), 0
    changes: list[dict[str, Any]] = []
    for row in connection.execute(
        sa.select(e.id, e.at, e.staff_id, e.action, e.subject, e.reason, e.detail).order_by(e.at, e.id)
    ).all():
        number += 1
        entry = Entry(
            row.action, row.staff_id, subject=row.subject, reason=row.reason or "", detail=row.detail
        )
        at: datetime = row.at.astimezone(UTC)
        mac = mac_of(key, mac, 0, number, row.id, at, entry)
        changes.append({"row": row.id, "to": number, "code": mac})
    if changes:
        statement = sa.update(events).where(e.id == sa.bindparam("row"))
        values = {"lane": 0, "number": sa.bindparam("to"), "mac": sa.bindparam("code")}
        connection.execute(statement.values(**values), changes)
    lanes = sa.table("audit_lanes", *(sa.column(name) for name in ("lane", "number", "mac", "seal")))
    begun = [(lane, number, mac) if lane == 0 else (lane, 0, beginning(key, lane)) for lane in range(LANES)]
    rows = [
        {"lane": lane, "number": at_, "mac": code, "seal": seal_of(key, lane, at_, code)}
        for lane, at_, code in begun
    ]
    connection.execute(sa.insert(lanes), rows)


def downgrade() -> None:
    name = op.get_bind().dialect.name
    for statement in UNGUARD[name]:
        op.execute(statement)
    with op.batch_alter_table("audit_events") as table:
        table.drop_index("ix_audit_events_staff_id")
        table.drop_index("ix_audit_events_patient_id")
        table.drop_constraint(op.f("uq_audit_events_lane_number"), type_="unique")
        for column in ADDED:
            table.drop_column(column)
    op.drop_table("audit_lanes")


GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER audit_events_no_update BEFORE UPDATE OF {FIXED} ON audit_events "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
        f"CREATE TRIGGER audit_events_no_update BEFORE UPDATE OF {FIXED} ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
        "CREATE TRIGGER audit_events_no_delete BEFORE DELETE OR TRUNCATE ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
    ),
}
UNGUARD = {
    "sqlite": ("DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"),
    "postgresql": (
        "DROP TRIGGER audit_events_no_update ON audit_events",
        "DROP TRIGGER audit_events_no_delete ON audit_events",
        "DROP FUNCTION refuse_audit_change()",
    ),
}
