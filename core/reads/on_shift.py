"""Who takes leads and is on shift now, and how much each carries: the SLA board's list of people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.domain.roles import Actor, Permission, require
from core.leads.store.owners import IN_HAND
from core.leads.tables import leads
from core.reference import Reference
from core.staff import shift_rules
from core.staff.shift_rules import Rota
from core.staff.store import rota
from core.staff.store.people import colleagues
from core.staff.tables import staff

S, L = staff.c, leads.c


@dataclass(frozen=True)
class OnShift:
    """A colleague who takes leads and is on shift now: how many leads they have in hand, of how many.

    `told`: some way of alerts leads to them. Without one nobody hears of a new lead, and nothing fails.
    """

    id: str
    name: str
    status: str
    location: str
    load: int
    capacity: int
    full: bool
    told: bool


_LOAD = select(func.count()).where(L.owner_id == S.id, *IN_HAND).correlate(staff).scalar_subquery()
_TAKERS = Query(select(S.id, S.name, S.location, _LOAD, S.capacity).where(S.active, S.accepts_leads))


def read(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[OnShift]:
    """Who is on shift now, most laden first. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    plans = {one.id: one for one in rota.at(session, now)}
    able = {one.id for one in colleagues(session) if one.can_be_told}
    here = [
        OnShift(id_, name, status, place, load, capacity, full=load >= capacity, told=id_ in able)
        for id_, name, place, load, capacity in _TAKERS.rows(session)
        if (status := _status(plans[id_], reference, now))
    ]
    return sorted(here, key=lambda person: (-person.load, person.name))


def _status(person: Rota, reference: Reference, now: datetime) -> str:
    """What they chose; '' where they are on no shift, or off duty."""
    status = shift_rules.status_at(person, now)
    hours = reference.clinic.hours(person.location)
    away = status == shift_rules.OFF_DUTY or not shift_rules.is_on_shift(person, hours, now)
    return "" if away else status
