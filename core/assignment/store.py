"""SQL of rules and assignments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.orm import Session

from core.assignment.rules import Rule
from core.assignment.tables import assignment_rules, assignments
from core.db.prepared import InsertOne, Query
from core.domain.ids import new_id

TURNS_LOOK_BACK = timedelta(days=2)
TURNS_LOOKED_AT = 300


_ASSIGNMENT = InsertOne(assignments)

_R = assignment_rules.c
_RULES = Query(select(_R.name, _R.conditions, _R.assign_to).where(_R.is_active).order_by(_R.priority, _R.id))


def active_rules(session: Session) -> list[Rule]:
    """The rules in force, in order."""
    return [Rule(name, conditions, assign_to) for name, conditions, assign_to in _RULES.rows(session)]


_LATEST = (
    select(assignments.c.staff_id, assignments.c.at)
    .where(assignments.c.at > bindparam("since"))
    .order_by(assignments.c.at.desc())
    .limit(literal(TURNS_LOOKED_AT))
    .subquery()
)
_TURNS = Query(
    select(_LATEST.c.staff_id, func.max(_LATEST.c.at).label("at"))
    .where(_LATEST.c.staff_id.is_not(None))
    .group_by(_LATEST.c.staff_id)
)


def last_assigned(session: Session, now: datetime) -> dict[str, str]:
    """When each member of staff was last given a lead, as ISO text, among the latest assignments of two days.

    Longer ago counts as never: taking turns is about today, and the whole history would be read on every form.
    """
    return {staff_id: at.isoformat() for staff_id, at in _TURNS.rows(session, since=now - TURNS_LOOK_BACK)}


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
    _ASSIGNMENT.run(
        session,
        id=new_id(now),
        lead_id=lead_id,
        staff_id=staff_id,
        at=now,
        rule=rule,
        trace=list(trace),
        by_staff_id=by_staff_id,
    )


def add_missing(session: Session, rules: Sequence[dict[str, Any]], now: datetime) -> int:
    """Add the rules whose name is not there yet; how many. `rules`: name, priority, conditions, assign_to."""
    known = set(session.execute(select(assignment_rules.c.name)).scalars())
    rows = [rule | {"id": new_id(now), "created_at": now} for rule in rules if rule["name"] not in known]
    if rows:
        session.execute(insert(assignment_rules), rows)
    return len(rows)
