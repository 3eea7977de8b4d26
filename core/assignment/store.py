"""SQL of rules and assignments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.assignment.rules import Rule
from core.assignment.tables import assignment_rules, assignments
from core.domain.ids import new_id

TURNS_LOOK_BACK = timedelta(days=2)
TURNS_LOOKED_AT = 300


def active_rules(session: Session) -> list[Rule]:
    """The rules in force, in order."""
    c = assignment_rules.c
    rows = session.execute(
        select(c.name, c.conditions, c.assign_to).where(c.is_active).order_by(c.priority, c.id)
    )
    return [Rule(name, conditions, assign_to) for name, conditions, assign_to in rows]


def last_assigned(session: Session, now: datetime) -> dict[str, str]:
    """When each member of staff was last given a lead, as ISO text, among the latest assignments of two days.

    Longer ago counts as never: taking turns is about today, and the whole history would be read on every form.
    """
    c = assignments.c
    latest = (
        select(c.staff_id, c.at)
        .where(c.at > now - TURNS_LOOK_BACK)
        .order_by(c.at.desc())
        .limit(TURNS_LOOKED_AT)
    )
    turns: dict[str, str] = {}
    for staff_id, at in session.execute(latest):
        if staff_id:
            turns.setdefault(staff_id, at.isoformat())
    return turns


def record(
    session: Session,
    *,
    lead_id: str,
    staff_id: str | None,
    rule: str,
    trace: Sequence[dict[str, Any]],
    now: datetime,
    by_staff_id: str | None = None,
) -> None:
    """Keep who was given the lead, by which rule, and why."""
    session.execute(
        insert(assignments),
        {
            "id": new_id(now),
            "lead_id": lead_id,
            "staff_id": staff_id,
            "at": now,
            "rule": rule,
            "trace": list(trace),
            "by_staff_id": by_staff_id,
        },
    )


def add_missing(session: Session, rules: Sequence[dict[str, Any]], now: datetime) -> int:
    """Add the rules whose name is not there yet; how many. `rules`: name, priority, conditions, assign_to."""
    known = set(session.execute(select(assignment_rules.c.name)).scalars())
    rows = [rule | {"id": new_id(now), "created_at": now} for rule in rules if rule["name"] not in known]
    if rows:
        session.execute(insert(assignment_rules), rows)
    return len(rows)
