"""SQL of visits. The database keeps one visit ahead for each lead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.booking.tables import appointments
from core.domain.errors import NotFound
from core.domain.ids import new_id

A = appointments.c


@dataclass(frozen=True)
class Visit:
    """One visit. `state`: booked, attended, no_show, cancelled, withdrawn."""

    id: str
    lead_id: str
    patient_id: str
    created_at: datetime
    made_by: str | None
    starts_at: datetime | None
    location: str
    provider_id: str | None
    kind: str
    value_cents: int
    state: str
    ended_by: str | None
    reason: str | None


_VISIT: list[Any] = [A[name] for name in Visit.__dataclass_fields__]


def add(session: Session, *, now: datetime, **values: Any) -> str | None:
    """A visit ahead; its id, or None where the lead has one already."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        build(appointments)
        .values(id=new_id(now), created_at=now, state="booked", **values)
        .on_conflict_do_nothing(index_elements=["lead_id"], index_where=text("state = 'booked'"))
        .returning(A.id)
    )
    return session.execute(statement).scalar_one_or_none()


def get(session: Session, visit_id: str) -> Visit:
    """Raises NotFound."""
    row = session.execute(select(*_VISIT).where(A.id == visit_id)).one_or_none()
    if row is None:
        raise NotFound("This visit does not exist any more.")
    return Visit(*row)


def of_lead(session: Session, lead_id: str) -> list[Visit]:
    """A lead's visits, newest first; those marked by mistake left out."""
    statement = select(*_VISIT).where(A.lead_id == lead_id, A.state != "withdrawn")
    return [Visit(*row) for row in session.execute(statement.order_by(A.created_at.desc(), A.id.desc()))]


def change(session: Session, visit_id: str, was: str, **values: Any) -> bool:
    """Change a visit that is still in the state `was`."""
    statement = update(appointments).where(A.id == visit_id, A.state == was).values(**values).returning(A.id)
    return session.execute(statement).scalar_one_or_none() is not None


def move(session: Session, visit_id: str, seen: datetime | None, starts_at: datetime) -> bool:
    """Move a visit ahead from the time that the person saw; False when it is at another by now."""
    still = A.starts_at.is_(None) if seen is None else A.starts_at == seen
    statement = update(appointments).where(A.id == visit_id, A.state == "booked", still)
    return (
        session.execute(statement.values(starts_at=starts_at).returning(A.id)).scalar_one_or_none()
        is not None
    )
