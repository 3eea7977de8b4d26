"""SQL of times that are kept while somebody makes up their mind. What they keep is in `store_reservations`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.booking.tables import appointments, holds, reservations

H = holds.c
LINK, WIDGET, STAFF, OFFER, ASK = "link", "widget", "staff", "offer", "ask"


@dataclass(frozen=True)
class Hold:
    """One held time. `kind`: who keeps it (link, widget, staff, offer, ask). `visit_id`: the visit that would move."""

    id: str
    kind: str
    service: str
    location: str
    provider_id: str
    room: str
    device: str
    starts_at: datetime
    ends_at: datetime
    lead_id: str | None
    visit_id: str | None
    made_by: str | None
    created_at: datetime
    expires_at: datetime


_HOLD: list[Any] = [H[name] for name in Hold.__dataclass_fields__]


def add(session: Session, **values: Any) -> None:
    session.execute(insert(holds).values(**values))


def find(session: Session, hold_id: str) -> Hold | None:
    """Also one that has run out: its time may still be free."""
    row = session.execute(select(*_HOLD).where(H.id == hold_id)).one_or_none()
    return Hold(*row) if row else None


def of_lead(session: Session, lead_id: str, kind: str) -> list[Hold]:
    """Those that somebody keeps in one way, newest first."""
    statement = select(*_HOLD).where(H.lead_id == lead_id, H.kind == kind).order_by(H.created_at.desc(), H.id)
    return [Hold(*row) for row in session.execute(statement)]


def drop(session: Session, hold_id: str) -> bool:
    """The hold is over, and keeps nothing; whether it was there."""
    session.execute(delete(reservations).where(reservations.c.owner_id == hold_id))
    return session.execute(delete(holds).where(H.id == hold_id).returning(H.id)).first() is not None


def forget(session: Session, hold_id: str) -> bool:
    """The hold alone goes: what it kept is another's by now; whether it was there."""
    return session.execute(delete(holds).where(H.id == hold_id).returning(H.id)).first() is not None


def of_leads(session: Session, lead_ids: Collection[str]) -> list[str]:
    """Everything that they keep, in whatever way."""
    return list(session.execute(select(H.id).where(H.lead_id.in_(lead_ids))).scalars())


def forget_run_out(session: Session, before: datetime, limit: int) -> int:
    """Holds that ran out before then go, with what they kept, should nobody have come since; how many."""
    old = select(H.id).where(H.expires_at <= before).order_by(H.expires_at).limit(limit)
    return sum(drop(session, hold_id) for hold_id in session.execute(old).scalars().all())


def of_visit(session: Session, visit_id: str) -> list[Hold]:
    """Times that a visit would move to, run out or not, newest first."""
    statement = select(*_HOLD).where(H.visit_id == visit_id).order_by(H.created_at.desc(), H.id)
    return [Hold(*row) for row in session.execute(statement)]


def asked_of(session: Session, patient_id: str, now: datetime) -> Hold | None:
    """The move that somebody is asked about just now."""
    theirs = select(*_HOLD).join(appointments, appointments.c.id == H.visit_id)
    asked = theirs.where(appointments.c.patient_id == patient_id, H.kind == ASK, H.expires_at > now)
    row = session.execute(asked.order_by(H.created_at.desc(), H.id).limit(1)).one_or_none()
    return Hold(*row) if row else None
