"""What staff must do next with each lead: its open task that is due first, and the calls that reached nobody.

A sequence's own call tasks are left out: the clock of the first contact says the same, and sooner.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among, is_word
from core.leads.call_rules import unanswered
from core.leads.tables import lead_calls, leads, tasks
from core.messaging.actions import Purpose
from core.messaging.tables import timed_actions

T, L, K, A = tasks.c, leads.c, lead_calls.c, timed_actions.c
MOST_TASKS = 1500  # of five hundred open leads
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
_OPEN = _TASKS.where(is_word(L.state, "open"))
_ALL_OPEN = Query(_OPEN.limit(MOST_TASKS))
_AWAKE = Query(_OPEN.where(L.snoozed_until.is_(None)).limit(MOST_TASKS))
_OF = Query(_TASKS.where(among(T.lead_id, "lead_ids")))


def of_open_leads(session: Session, *, awake: bool = False) -> dict[str, NextTask]:
    """By lead, the task that is due first; at most MOST_TASKS. `awake` leaves out leads that are snoozed."""
    return _first((_AWAKE if awake else _ALL_OPEN).rows(session))


def of(session: Session, lead_ids: Iterable[str]) -> dict[str, NextTask]:
    """The same for these leads."""
    return _first(_OF.rows(session, lead_ids=list(lead_ids)))


def _first(rows: Iterable[tuple[Any, ...]]) -> dict[str, NextTask]:
    found: dict[str, NextTask] = {}
    for id_, lead_id, kind, words, *rest in rows:
        if lead_id not in found:
            found[lead_id] = NextTask(id_, lead_id, kind, words or "", *rest)
    return found


class _Call(NamedTuple):
    at: datetime
    outcome: str


_CALLS = Query(
    select(K.lead_id, K.at, K.outcome)
    .where(among(K.lead_id, "lead_ids"), K.undone_at.is_(None))
    .order_by(K.at)
)


def unanswered_calls(session: Session, answered: Mapping[str, datetime | None]) -> dict[str, list[datetime]]:
    """By lead, when each call was made of those in a row that reached nobody, oldest first; only leads with any.

    `answered`: when the patient of each last wrote.
    """
    calls: defaultdict[str, list[_Call]] = defaultdict(list)
    for lead_id, at, outcome in _CALLS.rows(session, lead_ids=list(answered)):
        calls[lead_id].append(_Call(at, outcome))
    in_a_row = {lead_id: unanswered(made, answered[lead_id]) for lead_id, made in calls.items()}
    return {lead_id: made for lead_id, made in in_a_row.items() if made}


_WRITTEN = Query(
    select(A.lead_id, func.max(A.created_at))
    .where(among(A.lead_id, "lead_ids"), A.purpose == Purpose.MANUAL.value)
    .where(A.reason != "cancelled_by_staff")
    .group_by(A.lead_id)
)


def last_written(session: Session, lead_ids: Collection[str]) -> dict[str, datetime]:
    """By lead, when somebody of the clinic last wrote to the patient; one that waits counts, one taken back doesn't."""
    return dict(_WRITTEN.rows(session, lead_ids=list(lead_ids))) if lead_ids else {}
