"""SQL of what became of the steps of those who entered a sequence."""

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, distinct, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.domain.ids import earliest_id
from core.messaging.actions import State
from core.messaging.tables import action_moves, timed_actions

A, M = timed_actions.c, action_moves.c
REACHED, PLANNED, DROPPED, LEFT = "reached", "planned", "dropped", "left"
TAKEN = (State.SENT, State.SENDING, State.UNKNOWN, State.FAILED)
SETTLED = (State.SENT, State.FAILED, State.DROPPED, State.CANCELLED)
PUT_BACK = ("restored_by_staff", "reopened")

Became = tuple[int, str, str, str, int]


def became(session: Session, people: Select[Any], *, under_way: str) -> list[Became]:
    """Version, step, state (REACHED, PLANNED, DROPPED, LEFT), reason and people. `people`: id, lead_id, version, state
    (`under_way` for who is) and stop_reason of each enrollment."""
    return [(*row[:4], int(row[4])) for row in session.execute(_became(people, under_way))]


def _became(people: Select[Any], under_way: str) -> CompoundSelect[Any]:
    """The steps are walked through once for both halves, by the lead first: its steps are few and have an index, those
    of an enrollment alone have none. A step of a visit that was moved after it went is there again: one person all the
    same. Who left is counted at the first step that was taken back in the very word for which their sequence ended;
    what a person took out alone is not leaving.
    """
    who = people.subquery("who")
    with_it = and_(who.c.state != under_way, A.state == State.CANCELLED, A.reason == who.c.stop_reason)
    what = case((A.state.in_(TAKEN), REACHED), else_=A.state)
    why = case((A.state == State.DROPPED, A.reason), else_="")
    columns = (who.c.version, A.enrollment_id, A.step, A.planned_for, A.id, A.reason)
    mine = (A.lead_id == who.c.lead_id) & (A.enrollment_id == who.c.id)
    steps = (
        select(*columns, what.label("what"), why.label("why"), with_it.label("ended"))
        .join_from(who, timed_actions, mine)
        .cte("steps")
    )
    c = steps.c
    stayed = select(c.version, c.step, c.what, c.why, func.count(distinct(c.enrollment_id)))
    turn = func.row_number().over(partition_by=c.enrollment_id, order_by=(c.planned_for, c.id))
    taken_back = select(c.version, c.step, c.reason, turn.label("turn")).where(c.ended).subquery()
    first = taken_back.c
    left = select(first.version, first.step, literal(LEFT), first.reason, func.count()).where(first.turn == 1)
    return union_all(
        stayed.where(c.what != State.CANCELLED).group_by(c.version, c.step, c.what, c.why),
        left.group_by(first.version, first.step, first.reason),
    )


def changed_since(since: datetime) -> tuple[Select[Any], Select[Any]]:
    """Enrollments of whom a step was settled since then, and those of whom one was put back, which settles nothing."""
    settled = select(A.enrollment_id).where(
        A.state.in_(SETTLED), A.settled_at >= since, A.enrollment_id.is_not(None)
    )
    put_back = (
        select(A.enrollment_id)
        .join(action_moves, M.action_id == A.id)
        .where(M.id >= earliest_id(since), M.reason.in_(PUT_BACK), A.enrollment_id.is_not(None))
    )
    return settled, put_back
