"""To whom a lead can be given: who is on shift, until when, and how much each carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reference import Reference
from core.staff import shift_rules
from core.staff.shift_rules import Rota
from core.staff.store import rota
from core.staff.tables import staff

S, L = staff.c, leads.c


@dataclass(frozen=True)
class Colleague:
    """Somebody a lead can be handed to. `status`: available, busy, break, off_duty.

    `until`: the end of the shift they are on, None where they are on none; `back_at`: when they are on again, None
    while they are, or where it is never. `load` of `capacity` open leads; `full` says that there is no room.
    """

    id: str
    name: str
    status: str
    location: str
    until: datetime | None
    back_at: datetime | None
    load: int
    capacity: int

    @property
    def on_now(self) -> bool:
        return self.until is not None and self.status != "off_duty"

    @property
    def full(self) -> bool:
        return self.load >= self.capacity


def read(
    session: Session, actor: Actor, reference: Reference, now: datetime, lead_id: str | None = None
) -> list[Colleague]:
    """Everybody who takes leads but who has `lead_id`: on shift first, then who carries least. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    plans = {one.id: one for one in rota.rotas(session, now)}
    takers = _TAKERS.rows(session, lead_id=lead_id)
    found = [_colleague(row, plans[row[0]], reference, now) for row in takers]
    return sorted(found, key=lambda one: (not one.on_now, one.full, one.load, one.name))


_LOAD = (
    select(func.count())
    .where(L.owner_id == S.id, is_word(L.state, "open"))
    .correlate(staff)
    .scalar_subquery()
)
_HAS_IT = exists().where(L.id == bindparam("lead_id", type_=L.id.type), L.owner_id == S.id).correlate(staff)
_TAKERS = Query(
    select(S.id, S.name, S.location, _LOAD, S.capacity).where(S.active, S.accepts_leads, ~_HAS_IT)
)


def _colleague(row: Sequence[Any], plan: Rota, reference: Reference, now: datetime) -> Colleague:
    id_, name, location, load, capacity = row
    duty = shift_rules.duty(plan, reference.clinic.hours(location), now)
    return Colleague(
        id=id_,
        name=name,
        status=duty.status,
        location=location,
        until=duty.until,
        back_at=duty.back_at,
        load=load,
        capacity=capacity,
    )


def providers(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of everybody who gives treatments, for a visit. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    return [(id_, name) for id_, name in _PROVIDERS.rows(session)]


_PROVIDERS = Query(select(S.id, S.name).where(S.active, S.role == "provider").order_by(S.name))
