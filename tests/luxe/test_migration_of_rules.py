"""Assignment rules from before versions: the clinic's own go on, what shipped gives way to the presets."""

import json
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, text

from core.db.engine import Database
from core.db.migrate import alembic_config, migrate
from core.in_use import Following, InUse
from core.reference import load_reference

RULE = text(
    "INSERT INTO assignment_rules (id, name, priority, conditions, assign_to, is_active, created_at)"
    " VALUES (:id, :name, :priority, :conditions, :assign_to, :on, '2026-11-23 15:00:00')"
)
OWN: list[tuple[str, int, dict[str, Any], dict[str, Any], bool]] = [
    ("Anybody", 20, {}, {}, True),
    ("Costly", 10, {"min_value_cents": 300000, "groups": ["laser"]}, {"titles": ["manager"]}, True),
    ("VIP", 5, {"vip": True}, {"min_seniority": 2}, False),
]


def before(database: Database, rules: list[tuple[str, int, dict[str, Any], dict[str, Any], bool]]) -> None:
    with database.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0026")
        for rule in rules:
            put(connection, *rule)


def put(
    connection: Connection, name: str, priority: int, conditions: object, assign_to: object, on: object
) -> None:
    given = {"id": f"rule-{priority}", "name": name, "priority": priority, "on": on}
    connection.execute(
        RULE, given | {"conditions": json.dumps(conditions), "assign_to": json.dumps(assign_to)}
    )


def in_use(database: Database) -> InUse:
    found = InUse(load_reference(ZoneInfo("America/New_York")))
    Following(found, database).look()
    return found


@pytest.mark.parametrize("changed", [True, False])
def test_the_clinics_own_rules_go_on_and_the_shipped_ones_give_way(
    bare_db: Database, *, changed: bool
) -> None:
    shipped = [(*rule, True) for rule in old_rules()]
    before(bare_db, OWN if changed else shipped)
    assert migrate(bare_db).ready
    used = in_use(bare_db).reference.assignment
    if not changed:
        assert used.number == 1
        return
    assert [(rule.name, rule.on) for rule in used.rules] == [
        ("VIP", False),
        ("Costly", True),
        ("Anybody", True),
    ]
    assert used.rules[1].give[0].titles == {"manager"}
    assert used.number == 2


def old_rules() -> list[tuple[str, int, dict[str, Any], dict[str, Any]]]:
    found: list[tuple[str, int, dict[str, Any], dict[str, Any]]] = import_module(
        "core.db.migrations.versions.0028_assignment_in_versions"
    ).SHIPPED
    return found
