"""SQL of who may be given a lead, whom to alert, and what others need to know of a member of staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.staff.alert_rules import Colleague
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


def _columns(of: type[PoolMember | Colleague]) -> list[Any]:
    return [staff.c[name] for name in of.__dataclass_fields__]


_POOL = Query(select(*_columns(PoolMember)).where(staff.c.active, staff.c.accepts_leads).order_by(staff.c.id))
_COLLEAGUES = Query(select(*_columns(Colleague)).where(staff.c.active).order_by(staff.c.id))


def pool(session: Session) -> list[PoolMember]:
    """Everybody who accepts leads, in a fixed order."""
    return [PoolMember(*row) for row in _POOL.rows(session)]


def colleagues(session: Session) -> list[Colleague]:
    """Every active member of staff, in a fixed order."""
    return [Colleague(*row) for row in _COLLEAGUES.rows(session)]


def managers(session: Session) -> list[Colleague]:
    """Every active manager, in a fixed order."""
    return [one for one in colleagues(session) if one.role == "manager"]


def front_line(session: Session) -> list[Colleague]:
    """Every active manager and everybody at the front desk, in a fixed order."""
    return [one for one in colleagues(session) if one.role in ("manager", "frontdesk")]


def name(session: Session, staff_id: str | None) -> str:
    """Their full name, 'Somebody' where the account is not known any more."""
    return names(session, [staff_id]).get(staff_id or "", "Somebody")


def names(session: Session, staff_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id; closed accounts included, unknown ids left out."""
    wanted = sorted({staff_id for staff_id in staff_ids if staff_id})
    if not wanted:
        return {}
    rows = session.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def accepts_leads(session: Session, staff_id: str) -> bool:
    """Whether leads can be given to this person."""
    found = session.execute(
        select(staff.c.id).where(staff.c.id == staff_id, staff.c.active, staff.c.accepts_leads)
    )
    return found.scalar_one_or_none() is not None


def is_away(session: Session, staff_id: str) -> bool:
    """Whether this person is not at work: off duty, on a break, or gone for good."""
    at_work = (staff.c.id == staff_id) & staff.c.active & staff.c.status.not_in(("off_duty", "break"))
    return session.execute(select(staff.c.id).where(at_work)).first() is None


def provides(session: Session, staff_id: str) -> bool:
    """Whether this person gives treatments."""
    found = session.execute(
        select(staff.c.id).where(staff.c.id == staff_id, staff.c.active, staff.c.role == "provider")
    )
    return found.scalar_one_or_none() is not None
