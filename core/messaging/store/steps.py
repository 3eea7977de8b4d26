"""SQL of the planned steps of one enrollment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import UtcDateTime, among, is_word
from core.messaging.actions import State
from core.messaging.store.planning import record_moves
from core.messaging.tables import timed_actions

A = timed_actions.c
_COMING = Query(
    select(A.phone_index, A.due_at, A.sequence, A.purpose).where(
        among(A.lead_id, "leads"),
        is_word(A.state, State.PLANNED),
        A.kind == "text",
        A.sequence.is_not(None),
        A.due_at <= bindparam("until", type_=UtcDateTime),
    )
)
SKIPPED = "cancelled_by_staff"
MOVED, TRIED = "visit_moved", "experiment_over"


@dataclass(frozen=True)
class Standing:
    """The steps of one enrollment: the action of each that is still planned, those that a person took out, and actions
    by step that a provider has in hand or may have taken."""

    planned: Mapping[str, str]
    skipped: frozenset[str]
    on_their_way: Mapping[str, str]


def of_enrollment(session: Session, lead_id: str, enrollment_id: str) -> Standing:
    mine = select(A.id, A.step, A.state, A.reason).where(
        A.lead_id == lead_id, A.enrollment_id == enrollment_id
    )
    rows = session.execute(mine).all()
    planned = {row.step: row.id for row in rows if row.state == State.PLANNED}
    on_their_way = {row.step: row.id for row in rows if row.state in (State.SENDING, State.UNKNOWN)}
    return Standing(planned, frozenset(row.step for row in rows if row.reason == SKIPPED), on_their_way)


def reschedule(
    session: Session,
    action_id: str,
    due_at: datetime,
    useful_until: datetime,
    now: datetime,
    reason: str = MOVED,
) -> bool:
    """Another due time for what is still planned; False where it left its plan meanwhile."""
    statement = (
        update(timed_actions)
        .where(A.id == action_id, is_word(A.state, State.PLANNED))
        .values(due_at=due_at, planned_for=due_at, useful_until=useful_until, reason="")
        .returning(A.id)
    )
    if session.execute(statement).scalar_one_or_none() is None:
        return False
    record_moves(session, [(action_id, State.PLANNED, reason, {"until": due_at.isoformat()})], now=now)
    return True


def try_no_more(session: Session, action_ids: Sequence[str], now: datetime) -> None:
    """What is on its way may arrive; where it does not, there is no second try. Asked by id alone: its result may have
    been written meanwhile, and have planned it again."""
    waiting = A.state.in_((State.SENDING.value, State.UNKNOWN.value, State.PLANNED.value))
    statement = update(timed_actions).where(A.id.in_(action_ids), waiting)
    if action_ids:
        session.execute(statement.values(useful_until=now))


def planned_in(people: Select[Any], step: str = "") -> Select[Any]:
    """What is still to come for these enrollments (`sequences.under_way`), of one step or of every one: id, lead_id.

    By the lead first: its steps are few and have an index.
    """
    planned = _of(people).where(is_word(A.state, State.PLANNED))
    return planned.where(A.step == step) if step else planned


def _of(people: Select[Any]) -> Select[Any]:
    theirs = people.subquery("theirs")
    mine = (A.lead_id == theirs.c.lead_id) & (A.enrollment_id == theirs.c.id)
    return select(A.id, A.lead_id).join(theirs, mine)


def planned_of(session: Session, people: Select[Any], step: str, limit: int) -> list[str]:
    """The actions of one step that are still to come for these enrollments, at most `limit` of them."""
    found = planned_in(people, step).with_only_columns(A.id).limit(limit)
    return list(session.execute(found).scalars())


def on_their_way_of(session: Session, people: Select[Any], step: str, limit: int) -> list[str]:
    """The actions of one step that are being handed over, or of unknown fate, for these enrollments."""
    going = A.state.in_((State.SENDING.value, State.UNKNOWN.value))
    found = _of(people).with_only_columns(A.id).where(A.step == step, going).limit(limit)
    return list(session.execute(found).scalars())


def shift(
    session: Session, sequence: str, step: str, patient_ids: Sequence[str], by: timedelta, now: datetime
) -> int:
    """These patients' step, where it is still planned, is due so much later, at once where that passed; how many."""
    rows = session.execute(
        select(A.id, A.planned_for, A.useful_until).where(
            A.patient_id.in_(patient_ids),
            is_word(A.state, State.PLANNED),
            A.sequence == sequence,
            A.step == step,
        )
    ).all()
    return sum(
        reschedule(session, id_, max(planned_for + by, now), useful_until + by, now, TRIED)
        for id_, planned_for, useful_until in rows
    )


@dataclass(frozen=True)
class Coming:
    """A step's text that is still planned."""

    phone_index: str
    due_at: datetime
    sequence: str
    purpose: str


def coming(session: Session, lead_ids: Sequence[str], until: datetime) -> list[Coming]:
    """Texts of these leads' sequences that are planned until then."""
    rows = _COMING.rows(session, leads=lead_ids, until=until) if lead_ids else ()
    return [Coming(*row) for row in rows]


def due_of_leads(session: Session, lead_ids: Sequence[str]) -> dict[str, datetime]:
    """When each step that is still planned for these leads is due, by action."""
    mine = select(A.id, A.due_at).where(
        A.lead_id.in_(lead_ids), A.enrollment_id.is_not(None), is_word(A.state, State.PLANNED)
    )
    return {row.id: row.due_at for row in session.execute(mine.order_by(A.due_at, A.id))}
