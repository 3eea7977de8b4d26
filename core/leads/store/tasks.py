"""SQL of what staff must do next. Each change names what it expects to find; whether it did is the answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.db.sealing import sealed_change
from core.domain.ids import new_id
from core.leads.tables import tasks

T = tasks.c
ASKED_FOR_CALL = "Asked for a call on their booking page"
OPEN = T.done_at.is_(None)
_NEW = InsertOne(tasks)


@dataclass(frozen=True)
class Task:
    """A thing to do. `done_by` is None while it is open, and where nobody had to do it."""

    id: str
    lead_id: str
    kind: str
    title: str
    words: str | None
    owner_id: str | None
    made_by: str | None
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    alert_id: str | None

    @property
    def asked_by_patient(self) -> bool:
        """Whether the patient asked for this call by themselves."""
        return self.kind == "call_back" and self.words == ASKED_FOR_CALL


_TASK: list[Any] = [T[name] for name in Task.__dataclass_fields__]


def add(
    session: Session,
    *,
    lead_id: str,
    kind: str,
    title: str,
    owner_id: str | None,
    due_at: datetime,
    now: datetime,
    action_id: str | None = None,
    made_by: str | None = None,
    words: str | None = None,
) -> str:
    """A thing for staff to do; its id. `action_id` is the step of a sequence that asked for it."""
    task_id = new_id(now)
    _NEW.run(
        session,
        id=task_id,
        lead_id=lead_id,
        kind=kind,
        title=title,
        action_id=action_id,
        owner_id=owner_id,
        made_by=made_by,
        words=words,
        created_at=now,
        due_at=due_at,
    )
    return task_id


def find(session: Session, task_id: str) -> Task | None:
    row = session.execute(select(*_TASK).where(T.id == task_id)).one_or_none()
    return Task(*row) if row else None


def open_of(session: Session, lead_id: str) -> list[Task]:
    """A lead's open tasks, what is due first at the top."""
    statement = select(*_TASK).where(T.lead_id == lead_id, OPEN).order_by(T.due_at, T.id)
    return [Task(*row) for row in session.execute(statement)]


def count_due(session: Session, owner_id: str, before: datetime) -> int:
    """How many open tasks of one person are due before a moment."""
    due = select(func.count()).where(T.owner_id == owner_id, OPEN, T.due_at < before)
    return int(session.execute(due).scalar_one())


def finish(session: Session, task_ids: Collection[str], *, by: str | None, now: datetime) -> list[str]:
    """End tasks that are open; the ids of those that were."""
    return _change(session, T.id.in_(task_ids) & OPEN, done_at=now, done_by=by)


def reopen(session: Session, task_id: str) -> bool:
    """Open a finished task again; whether it was finished."""
    return bool(_change(session, (T.id == task_id) & ~OPEN, done_at=None, done_by=None))


def reopen_ended_at(session: Session, lead_id: str, at: datetime) -> list[str]:
    """Open again what one cause ended at that very moment; the ids."""
    return _change(session, (T.lead_id == lead_id) & (T.done_at == at), done_at=None, done_by=None)


def change(session: Session, task_id: str, **values: Any) -> bool:
    """Change an open task; whether it was open."""
    sealed = sealed_change(session, tasks, task_id, values)
    return bool(_change(session, (T.id == task_id) & OPEN, **sealed))


def move(session: Session, lead_id: str, owner_id: str | None) -> None:
    """Open tasks follow their lead's owner."""
    _change(session, (T.lead_id == lead_id) & OPEN, owner_id=owner_id)


def _change(session: Session, where: ColumnElement[bool], **values: Any) -> list[str]:
    changed = session.execute(update(tasks).where(where).values(**values).returning(T.id))
    return list(changed.scalars())
