"""Assignment rules are published in versions; turns, who is off the rotation, and leads that wait.

Revision ID: 0028
Revises: 0026
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.assignment.rules.legacy import body_of
from core.db.types import UtcDateTime
from core.domain.ids import new_id

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COORDINATOR = {"titles": ["coordinator"]}
SENIOR = {"titles": ["coordinator", "manager"], "min_seniority": 2}
# What shipped up to 0026: a clinic that has just this gets the presets of today.
SHIPPED: list[tuple[str, int, dict[str, Any], dict[str, Any]]] = [
    ("VIP patients to senior staff", 10, {"vip": True}, {"min_seniority": 2}),
    ("High value to senior coordinators", 20, {"min_value_cents": 200000}, SENIOR),
    ("Injectables to the injectables desk", 30, {"groups": ["injectables"]}, COORDINATOR),
    ("Advanced injectables to senior coordinators", 40, {"groups": ["senior_injectables"]}, SENIOR),
    ("Laser to the laser desk", 50, {"groups": ["laser"]}, COORDINATOR),
    ("Skin and peels to the aesthetics desk", 60, {"groups": ["skin", "body"]}, COORDINATOR),
    ("Coordinators by turn", 100, {}, COORDINATOR),
]
KIND, KEY, NOTE = "assignment_rules", "rules", "The rules as they stood before they had versions"
OWN_NUMBER = 2  # what ships is 1


def upgrade() -> None:
    op.create_table(
        "assignment_turns",
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("off_since", UtcDateTime()),
    )
    op.create_table(
        "assignment_queue",
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id"), primary_key=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("why", sa.String(24), nullable=False),
    )
    op.create_index("ix_assignment_queue_since", "assignment_queue", ["since"])
    _publish_own(op.get_bind())


def _publish_own(connection: sa.Connection) -> None:
    """Where the clinic changed the rows, they go on as its own version, in use at once."""
    rows = connection.execute(
        sa.text(
            "SELECT name, priority, conditions, assign_to, is_active FROM assignment_rules ORDER BY priority, id"
        )
    ).all()
    found = [
        (row.name, row.priority, _json(row.conditions), _json(row.assign_to), bool(row.is_active))
        for row in rows
    ]
    if not found or found == [(*shipped, True) for shipped in SHIPPED]:
        return
    names = ("name", "priority", "conditions", "assign_to", "is_active")
    body = body_of([dict(zip(names, row, strict=True)) for row in found])
    made = sa.table("assignment_rules", sa.column("created_at", UtcDateTime()))
    now = connection.execute(sa.select(sa.func.max(made.c.created_at))).scalar_one()
    connection.execute(_versions().insert().values(**_version(body, now)))
    _stamp(connection, now)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _versions() -> sa.TableClause:
    typed: dict[str, Any] = {
        "body": sa.JSON(),
        "made_at": UtcDateTime(),
        "saved_at": UtcDateTime(),
        "published_at": UtcDateTime(),
    }
    plain = ("id", "kind", "key", "number", "state", "retired", "revision", "note")
    return sa.table(
        "versions", *map(sa.column, plain), *(sa.column(name, kind) for name, kind in typed.items())
    )


def _version(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now), "kind": KIND, "key": KEY, "number": OWN_NUMBER, "state": "published", "retired": False,
        "revision": 1, "note": NOTE, "body": body, "made_at": now, "saved_at": now, "published_at": now,
    }  # fmt: skip


def _stamp(connection: sa.Connection, now: datetime) -> None:
    """Whoever keeps what is in use reads it again (decision 0018)."""
    switches = sa.table(
        "switches", sa.column("name"), sa.column("stops"), sa.column("value", sa.JSON()),
        sa.column("changed_at", UtcDateTime()),
    )  # fmt: skip
    connection.execute(switches.delete().where(switches.c.name == "published"))
    values = {"name": "published", "stops": False, "value": {"stamp": new_id(now)}, "changed_at": now}
    connection.execute(switches.insert().values(**values))


def downgrade() -> None:
    op.drop_table("assignment_queue")
    op.drop_table("assignment_turns")
