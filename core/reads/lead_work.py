"""What staff did and have to do with one lead: its calls, open tasks and sequences. Visits are in `lead_visits`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from core import plans
from core.db.types import is_word
from core.leads.call_rules import CORRECTABLE
from core.leads.tables import lead_calls, tasks
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from core.sequences.store import ACTIVE
from core.sequences.tables import enrollments
from core.staff.tables import staff

T, K, E, U = tasks.c, lead_calls.c, enrollments.c, timed_actions.c
MOST_CALLS = 20


@dataclass(frozen=True)
class OpenTask:
    """Something for staff to do. `words`: what its maker wrote; `set_by`: who set it, None where a sequence did."""

    id: str
    kind: str
    title: str
    words: str
    owner: str | None
    set_by: str | None
    due_at: datetime


def open_tasks(session: Session, lead_id: str) -> tuple[OpenTask, ...]:
    """What is due first at the top."""
    owner, maker = aliased(staff), aliased(staff)
    rows = session.execute(
        select(T.id, T.kind, T.title, T.words, owner.c.name, maker.c.name, T.due_at)
        .outerjoin(owner, owner.c.id == T.owner_id)
        .outerjoin(maker, maker.c.id == T.made_by)
        .where(T.lead_id == lead_id, T.done_at.is_(None))
        .order_by(T.due_at)
    )
    return tuple(OpenTask(*row[:3], row[3] or "", *row[4:]) for row in rows)


@dataclass(frozen=True)
class LoggedCall:
    """A call that counts. `outcome` as it stands; `corrected_by` where somebody changed it."""

    id: str
    outcome: str
    at: datetime
    by: str | None
    corrected_by: str | None
    correctable_until: datetime


def calls(session: Session, lead_id: str) -> tuple[LoggedCall, ...]:
    """The latest MOST_CALLS, newest first."""
    caller, corrector = aliased(staff), aliased(staff)
    rows = session.execute(
        select(K.id, K.outcome, K.at, caller.c.name, corrector.c.name)
        .outerjoin(caller, caller.c.id == K.staff_id)
        .outerjoin(corrector, corrector.c.id == K.corrected_by)
        .where(K.lead_id == lead_id, K.undone_at.is_(None))
        .order_by(K.at.desc())
        .limit(MOST_CALLS)
    )
    return tuple(LoggedCall(*row, row.at + CORRECTABLE) for row in rows)


@dataclass(frozen=True)
class UnderWay:
    """A sequence that the lead is in. `id`: of the enrollment; `steps` are still to come."""

    id: str
    title: str
    started_at: datetime
    steps: int


def under_way(session: Session, lead_id: str) -> tuple[UnderWay, ...]:
    """Who entered last first."""
    theirs = and_(
        U.lead_id == E.lead_id, U.enrollment_id == E.id, is_word(U.state, State.PLANNED), U.kind != "gate"
    )
    rows = session.execute(
        select(E.id, E.sequence, E.version, E.started_at, func.count(U.id))
        .select_from(enrollments)
        .outerjoin(timed_actions, theirs)
        .where(E.lead_id == lead_id, is_word(E.state, ACTIVE))
        .group_by(E.id)
        .order_by(E.started_at.desc(), E.id)
    ).all()
    return tuple(
        UnderWay(id_, _title(session, key, version), at, steps) for id_, key, version, at, steps in rows
    )


def _title(session: Session, key: str, version: int) -> str:
    """What the version that they are in was called; its key where nobody knows it any more."""
    plan = plans.pinned(session, key, version)
    return plan.title if plan else key
