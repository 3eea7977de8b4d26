"""What staff did and have to do with one lead: its calls, open tasks and visits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.booking.tables import appointments
from core.leads.call_rules import CORRECTABLE
from core.leads.tables import lead_calls, tasks
from core.staff.tables import staff

T, K, A = tasks.c, lead_calls.c, appointments.c
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
class VisitShown:
    """A visit. `starts_at` is None where only the booking was noted; `ended_by` marked what became of it."""

    id: str
    starts_at: datetime | None
    location: str
    kind: str
    provider: str | None
    value_cents: int
    state: str
    reason: str | None
    ended_by: str | None


def visits(session: Session, lead_id: str) -> tuple[VisitShown, ...]:
    """Newest first; those marked by mistake left out."""
    provider, ender = aliased(staff), aliased(staff)
    rows = session.execute(
        select(
            A.id, A.starts_at, A.location, A.kind, provider.c.name, A.value_cents, A.state, A.reason, ender.c.name
        )
        .outerjoin(provider, provider.c.id == A.provider_id)
        .outerjoin(ender, ender.c.id == A.ended_by)
        .where(A.lead_id == lead_id, A.state != "withdrawn")
        .order_by(A.created_at.desc(), A.id.desc())
    )  # fmt: skip
    return tuple(VisitShown(*row) for row in rows)
