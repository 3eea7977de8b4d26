"""What staff must do next with each lead: its open task that is due first, and how often nobody was reached.

A sequence's own call tasks are left out: the clock of the first contact says the same, and sooner.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among, is_word
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


_TASKS = (
    select(T.id, T.lead_id, T.kind, T.words, T.created_at, T.due_at, L.owner_id)
    .join(leads, L.id == T.lead_id)
    .where(T.done_at.is_(None), PLANNED_BY_PEOPLE)
    .order_by(T.due_at)
)
# Every page's edge and every look at the queue ask these: planned once (0006-statements-planned-once.md).
_OPEN = _TASKS.where(is_word(L.state, "open")).limit(literal(MOST_TASKS))
_OF_OPEN, _OF_AWAKE = Query(_OPEN), Query(_OPEN.where(L.snoozed_until.is_(None)))
_OF = Query(_TASKS.where(among(T.lead_id, "lead_ids")))


def of_open_leads(session: Session, *, awake: bool = False) -> dict[str, NextTask]:
    """By lead, the task that is due first; at most MOST_TASKS. `awake` leaves out leads that are snoozed."""
    return _first((_OF_AWAKE if awake else _OF_OPEN).rows(session))


def of(session: Session, lead_ids: Collection[str]) -> dict[str, NextTask]:
    """The same for these leads."""
    return _first(_OF.rows(session, lead_ids=list(lead_ids)))


def _first(rows: Iterable[tuple[Any, ...]]) -> dict[str, NextTask]:
    found: dict[str, NextTask] = {}
    for id_, lead_id, kind, words, *times_and_owner in rows:
        found.setdefault(lead_id, NextTask(id_, lead_id, kind, words or "", *times_and_owner))
    return found


@dataclass(frozen=True)
class _Call:
    at: datetime
    outcome: str


_CALLS = Query(
    select(K.lead_id, K.at, K.outcome)
    .where(among(K.lead_id, "lead_ids"), K.undone_at.is_(None))
    .order_by(K.at)
)


def tries(session: Session, answered: Mapping[str, datetime | None]) -> dict[str, int]:
    """By lead, calls in a row that reached nobody. `answered`: when the patient of each last wrote."""
    calls: defaultdict[str, list[_Call]] = defaultdict(list)
    for lead_id, at, outcome in _CALLS.rows(session, lead_ids=list(answered)):
        calls[lead_id].append(_Call(at, outcome))
    return {lead_id: len(unanswered(made, answered[lead_id])) for lead_id, made in calls.items()}
