"""SQL of staff working a lead. Each change names what it expects to find; whether it did is the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, desc, func, or_, select, update
from sqlalchemy.orm import Session

from core.leads.tables import lead_events, leads, tasks

L = leads.c


def _changed(session: Session, lead_id: str, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
    statement = update(leads).where(L.id == lead_id, where).values(**values).returning(L.id)
    return session.execute(statement).scalar_one_or_none() is not None


def take(session: Session, lead_id: str, staff_id: str, seen_owner: str | None, now: datetime) -> bool:
    """Make `staff_id` the owner of an open lead that has none, or still has the owner that the person saw."""
    free = L.owner_id.is_(None) if seen_owner is None else or_(L.owner_id.is_(None), L.owner_id == seen_owner)
    values = {"owner_id": staff_id, "assigned_at": now, "updated_at": now}
    return _changed(session, lead_id, free & (L.state == "open"), values)


def hand_on(session: Session, lead_id: str, seen_owner: str | None, to: str | None, now: datetime) -> bool:
    """Move a lead from the owner that was read to another; False when somebody moved it meanwhile."""
    still = L.owner_id.is_(None) if seen_owner is None else L.owner_id == seen_owner
    return _changed(session, lead_id, still, {"owner_id": to, "assigned_at": now, "updated_at": now})


def change_state(session: Session, lead_id: str, was: str, now: datetime, **values: Any) -> bool:
    """Change a lead that is still in the state `was`."""
    return _changed(session, lead_id, L.state == was, {"updated_at": now, **values})


def snooze(session: Session, lead_id: str, until: datetime, now: datetime) -> bool:
    return _changed(session, lead_id, L.state == "open", {"snoozed_until": until, "updated_at": now})


def wake(session: Session, lead_id: str, now: datetime) -> bool:
    """End a snooze; whether there was one."""
    return _changed(
        session, lead_id, L.snoozed_until.is_not(None), {"snoozed_until": None, "updated_at": now}
    )


def restore_priority(session: Session, lead_id: str, priority: int, now: datetime) -> bool:
    """An alarm is over: the lead has the priority that it had before, unless somebody changed it meanwhile."""
    return _changed(session, lead_id, L.priority == 1, {"priority": priority, "updated_at": now})


def clear_stage(session: Session, lead_id: str, column: str, now: datetime, **values: Any) -> bool:
    """Take a stage's time away; whether it had one."""
    return _changed(session, lead_id, L[column].is_not(None), {column: None, "updated_at": now, **values})


def read_texts(session: Session, lead_id: str) -> bool:
    """Nothing of this lead is unread any more; whether something was."""
    return _changed(session, lead_id, L.unread > 0, {"unread": 0})


@dataclass(frozen=True)
class Did:
    """Who last did something to a lead, and when."""

    kind: str
    staff_id: str | None
    at: datetime


def last_event(session: Session, lead_id: str, kinds: tuple[str, ...]) -> Did | None:
    """The newest line of the timeline among `kinds`."""
    c = lead_events.c
    row = session.execute(
        select(c.kind, c.staff_id, c.at)
        .where(c.lead_id == lead_id, c.kind.in_(kinds))
        .order_by(desc(c.at), desc(c.id))
        .limit(1)
    ).one_or_none()
    return Did(*row) if row else None


@dataclass(frozen=True)
class Task:
    """A thing to do. `done_by` is None while it is open, and where nobody had to do it."""

    id: str
    lead_id: str
    kind: str
    title: str
    done_at: datetime | None
    done_by: str | None


def find_task(session: Session, task_id: str) -> Task | None:
    columns: list[Any] = [tasks.c[name] for name in Task.__dataclass_fields__]
    row = session.execute(select(*columns).where(tasks.c.id == task_id)).one_or_none()
    return Task(*row) if row else None


def finish_task(session: Session, task_id: str, by: str, now: datetime) -> bool:
    """End one open task; whether it was open."""
    done = session.execute(
        update(tasks)
        .where(tasks.c.id == task_id, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=by)
        .returning(tasks.c.id)
    )
    return done.scalar_one_or_none() is not None


def reopen_task(session: Session, task_id: str) -> bool:
    """Open a finished task again; whether it was finished."""
    opened = session.execute(
        update(tasks)
        .where(tasks.c.id == task_id, tasks.c.done_at.is_not(None))
        .values(done_at=None, done_by=None)
        .returning(tasks.c.id)
    )
    return opened.scalar_one_or_none() is not None


def move_tasks(session: Session, lead_id: str, owner_id: str | None) -> None:
    """Open tasks follow their lead's owner."""
    session.execute(
        update(tasks).where(tasks.c.lead_id == lead_id, tasks.c.done_at.is_(None)).values(owner_id=owner_id)
    )


def reopen_tasks_of(session: Session, lead_id: str, at: datetime) -> int:
    """Open again what a disqualification ended at that very moment; how many."""
    opened = session.execute(
        update(tasks)
        .where(tasks.c.lead_id == lead_id, tasks.c.done_at == at)
        .values(done_at=None, done_by=None)
        .returning(tasks.c.id)
    )
    return len(opened.all())


def came(session: Session, start: datetime, end: datetime) -> int:
    """Leads from `start` up to `end`."""
    c = leads.c
    return int(
        session.execute(select(func.count()).where(c.created_at >= start, c.created_at < end)).scalar_one()
    )
