"""SQL of rules and assignments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.assignment.rules import Rule
from core.assignment.tables import assignment_rules, assignments
from core.domain.ids import new_id

TURNS_LOOK_BACK = timedelta(days=2)


def active_rules(session: Session) -> list[Rule]:
    """The rules in force, in order."""
    c = assignment_rules.c
    rows = session.execute(
        select(c.name, c.conditions, c.assign_to).where(c.is_active).order_by(c.priority, c.id)
    )
    return [Rule(name, conditions, assign_to) for name, conditions, assign_to in rows]


def last_assigned(session: Session, now: datetime) -> dict[str, str]:
    """When each member of staff was last given a lead in the past two days, as ISO text.

    Longer ago counts as never: taking turns is about today, and the whole history would be read on every form.
    """
    recent = assignments.c.at > now - TURNS_LOOK_BACK
    rows = session.execute(
        select(assignments.c.staff_id, func.max(assignments.c.at))
        .where(recent)
        .group_by(assignments.c.staff_id)
    )
    return {staff_id: newest.isoformat() for staff_id, newest in rows if staff_id}


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
