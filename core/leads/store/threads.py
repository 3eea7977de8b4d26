"""SQL of whose turn it is in a conversation, and that staff are done with it.

A conversation is a patient's. It goes on at the lead that the newest text of a person joined: there it waits, is done,
is worked. Automatic texts change nothing here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from core.leads.tables import leads

L = leads.c
Where = ColumnElement[bool]
ANY: Where = true()
OPEN: dict[str, Any] = {"thread_done_at": None, "thread_done_by": None}


def heard(
    session: Session, lead_id: str, patient_id: str, *, written_at: datetime, now: datetime, waits: bool
) -> None:
    """The patient wrote: what was done is open again. `waits`: a person must read it and answer."""
    since = _waits_since(session, patient_id) or (written_at if waits else None)
    _leave_others(session, lead_id, patient_id)
    _change(session, lead_id, now, thread_spoken_at=now, thread_waits_since=since, **OPEN)


def answered(session: Session, lead_id: str, patient_id: str, now: datetime) -> None:
    """A person of the clinic wrote: the patient waits no more. What is done stays done."""
    _leave_others(session, lead_id, patient_id)
    _change(session, lead_id, now, thread_spoken_at=now, thread_waits_since=None)


def _waits_since(session: Session, patient_id: str) -> datetime | None:
    theirs = L.patient_id == patient_id, L.thread_done_at.is_(None)
    return session.execute(select(func.min(L.thread_waits_since)).where(*theirs)).scalar()


def _leave_others(session: Session, lead_id: str, patient_id: str) -> None:
    others = L.patient_id == patient_id, L.id != lead_id, L.thread_spoken_at.is_not(None)
    session.execute(
        update(leads).where(*others).values(thread_spoken_at=None, thread_waits_since=None, **OPEN)
    )


def move(session: Session, lead_id: str, patient_id: str, now: datetime) -> None:
    """The patient's conversation, if there is one, goes on at this lead as it stands."""
    columns = L.thread_spoken_at, L.thread_waits_since, L.thread_done_at, L.thread_done_by
    theirs = L.patient_id == patient_id, L.id != lead_id, L.thread_spoken_at.is_not(None)
    found = session.execute(select(*columns).where(*theirs).limit(1)).one_or_none()
    if found:
        _leave_others(session, lead_id, patient_id)
        _change(session, lead_id, now, **found._asdict())


def put(
    session: Session, lead_id: str, *, spoken_at: datetime | None, waits_since: datetime | None, now: datetime
) -> None:
    """As it is found to be, where a text changed hands."""
    _change(session, lead_id, now, thread_spoken_at=spoken_at, thread_waits_since=waits_since)


def forget(session: Session, lead_id: str, now: datetime) -> None:
    """There is no conversation any more."""
    _change(session, lead_id, now, thread_spoken_at=None, thread_waits_since=None, **OPEN)


def finish(session: Session, lead_id: str, spoken_at: datetime | None, by: str, now: datetime) -> bool:
    """Staff are done with it; False where somebody was already, or a person wrote after `spoken_at`."""
    unchanged = L.thread_spoken_at.is_(None) if spoken_at is None else L.thread_spoken_at == spoken_at
    open_ = unchanged & L.thread_done_at.is_(None)
    return _change(session, lead_id, now, open_, thread_done_at=now, thread_done_by=by)


def reopen(session: Session, lead_id: str, now: datetime) -> bool:
    """Whether it was done."""
    return _change(session, lead_id, now, L.thread_done_at.is_not(None), **OPEN)


def _change(session: Session, lead_id: str, now: datetime, where: Where = ANY, **values: Any) -> bool:
    changed = update(leads).where(L.id == lead_id, where).values(updated_at=now, **values).returning(L.id)
    return session.execute(changed).scalar_one_or_none() is not None


@dataclass(frozen=True)
class Thread:
    """When a person last wrote in it; by whom and when it was done, None where it is open."""

    spoken_at: datetime | None
    done_at: datetime | None
    done_by: str | None


def get(session: Session, lead_id: str) -> Thread:
    """The conversation of a lead that must exist."""
    columns = L.thread_spoken_at, L.thread_done_at, L.thread_done_by
    return Thread(*session.execute(select(*columns).where(L.id == lead_id)).one())
