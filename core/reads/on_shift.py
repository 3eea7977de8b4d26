"""Who takes leads and is on shift now, and how much each carries: the SLA board's list of people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.domain.hours import parse_window
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reference import Reference
from core.staff.tables import staff

S, L = staff.c, leads.c


@dataclass(frozen=True)
class OnShift:
    """A colleague who takes leads and is on shift now: how many open leads of how many they carry.

    `told`: has a number for alerts. Without one nobody hears of a new lead, and nothing fails.
    """

    id: str
    name: str
    status: str
    location: str
    load: int
    capacity: int
    full: bool
    told: bool


_LOAD = (
    select(func.count())
    .where(L.owner_id == S.id, is_word(L.state, "open"))
    .correlate(staff)
    .scalar_subquery()
)
_TAKERS = Query(
    select(S.id, S.name, S.status, S.location, _LOAD, S.capacity, S.phone, S.hours).where(
        S.active, S.accepts_leads, S.status != "off_duty"
    )
)


def read(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[OnShift]:
    """Who is on shift now, most laden first. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    here = [
        OnShift(id_, name, status, place, load, capacity, full=load >= capacity, told=bool(phone))
        for id_, name, status, place, load, capacity, phone, hours in _TAKERS.rows(session)
        if _works_now(hours, place, reference, now)
    ]
    return sorted(here, key=lambda person: (-person.load, person.name))


def _works_now(hours: dict[str, Any], location: str, reference: Reference, now: datetime) -> bool:
    windows = {int(day): tuple(parse_window(text) for text in spans) for day, spans in hours.items()}
    return reference.clinic.location(location).hours.of_somebody(windows).is_open(now)
