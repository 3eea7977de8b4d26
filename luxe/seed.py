"""`luxe seed`: reference data that lives in tables. Idempotent: what is there already stays as staff left it."""

from datetime import datetime
from typing import Any

from core.app import App
from core.assignment import store as assignments
from core.flows.upkeep import placing
from core.reference import read_toml


def seed(app: App, now: datetime) -> int:
    """Add the assignment rules that are missing by name; how many. Patients follow new tables of area and ZIP codes."""
    placing.place_everybody(app, now=now)
    rules: list[dict[str, Any]] = read_toml("assignment_rules.toml")["rules"]
    with app.db.write() as session:
        return assignments.add_missing(session, rules, now)
