"""SQL of who may be given a lead, and of whom to alert."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.staff.tables import staff


@dataclass(frozen=True)
class PoolMember:
    """A member of staff who accepts leads. `hours`: weekday ("0" Monday) -> windows such as "09:00-17:00"."""

    id: str
    name: str
    role: str
    title: str
    skills: list[str]
    seniority: int
    location: str
    status: str
    capacity: int
    hours: dict[str, list[str]]


def pool(session: Session) -> list[PoolMember]:
    """Everybody who accepts leads, in a fixed order."""
    columns: list[Any] = [staff.c[name] for name in PoolMember.__dataclass_fields__]
    rows = session.execute(select(*columns).where(staff.c.active, staff.c.accepts_leads).order_by(staff.c.id))
    return [PoolMember(*row) for row in rows]


@dataclass(frozen=True)
class Contact:
    """How to reach a member of staff. `phone` E.164 or None."""

    id: str
    name: str
    phone: str | None
    alert_channels: list[str]


def contact(session: Session, staff_id: str) -> Contact | None:
    """Where an active member of staff wants alerts."""
    c = staff.c
    row = session.execute(
        select(c.id, c.name, c.phone, c.alert_channels).where(c.id == staff_id, c.active)
    ).one_or_none()
    return Contact(*row) if row else None
