"""What staff must do next with each lead: its open task that is due first, and how often nobody was reached.

A sequence's own call tasks are left out: the clock of the first contact says the same, and sooner.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from core.leads.call_rules import unanswered
from core.leads.tables import lead_calls, leads, tasks

T, L, K = tasks.c, leads.c, lead_calls.c
MOST_TASKS = 500
PLANNED_BY_PEOPLE = T.kind != "call"


@dataclass(frozen=True)
class NextTask:
    """An open task. `words` are what its maker wrote, '' for none."""

    id: str
    lead_id: str
    kind: str
    words: str
    created_at: datetime
    due_at: datetime
    owner_id: str | None


def has_task() -> ColumnElement[bool]:
    """As a condition on a lead."""
    return exists().where(T.lead_id == L.id, T.done_at.is_(None), PLANNED_BY_PEOPLE)


def of_open_leads(session: Session, *, awake: bool = False) -> dict[str, NextTask]:
    """By lead, the task that is due first; at most MOST_TASKS. `awake` leaves out leads that are snoozed."""
    statement = _tasks().where(L.state == "open")
    if awake:
        statement = statement.where(L.snoozed_until.is_(None))
    return _first(session, statement.order_by(T.due_at).limit(MOST_TASKS))


def of(session: Session, lead_ids: Collection[str]) -> dict[str, NextTask]:
    """The same for these leads."""
    return _first(session, _tasks().where(T.lead_id.in_(lead_ids)).order_by(T.due_at))


def _tasks() -> Any:
    columns = (T.id, T.lead_id, T.kind, T.words, T.created_at, T.due_at, L.owner_id)
    return select(*columns).join(leads, L.id == T.lead_id).where(T.done_at.is_(None), PLANNED_BY_PEOPLE)


def _first(session: Session, statement: Any) -> dict[str, NextTask]:
    found: dict[str, NextTask] = {}
    for row in session.execute(statement):
        task = NextTask(
            row.id, row.lead_id, row.kind, row.words or "", row.created_at, row.due_at, row.owner_id
        )
        found.setdefault(task.lead_id, task)
    return found


@dataclass(frozen=True)
class _Call:
    at: datetime
    outcome: str


def tries(session: Session, answered: Mapping[str, datetime | None]) -> dict[str, int]:
    """By lead, calls in a row that reached nobody. `answered`: when the patient of each last wrote."""
    statement = select(K.lead_id, K.at, K.outcome).where(K.lead_id.in_(list(answered)), K.undone_at.is_(None))
    calls: defaultdict[str, list[_Call]] = defaultdict(list)
    for lead_id, at, outcome in session.execute(statement.order_by(K.at)):
        calls[lead_id].append(_Call(at, outcome))
    return {lead_id: len(unanswered(made, answered[lead_id])) for lead_id, made in calls.items()}
