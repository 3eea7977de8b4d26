"""SQL of keeping rules, as against choosing by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.assignment.tables import assignment_rules
from core.domain.ids import new_id


def add_missing(session: Session, rules: Sequence[dict[str, Any]], now: datetime) -> int:
    """Add the rules whose name is not there yet; how many. `rules`: name, priority, conditions, assign_to."""
    known = set(session.execute(select(assignment_rules.c.name)).scalars())
    rows = [rule | {"id": new_id(now), "created_at": now} for rule in rules if rule["name"] not in known]
    if rows:
        session.execute(insert(assignment_rules), rows)
    return len(rows)
