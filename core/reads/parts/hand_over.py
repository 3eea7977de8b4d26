"""To whom a lead can be given: who is on shift, until when, and how much each carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.domain.hours import WeeklyHours, parse_window
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reference import Reference
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
    load = (
        select(func.count())
        .where(L.owner_id == S.id, L.state == "open")
        .correlate(staff)
        .scalar_subquery()
        .label("load")
    )
    columns = (S.id, S.name, S.status, S.location, S.hours, S.capacity, load)
    owner = session.execute(select(L.owner_id).where(L.id == lead_id)).scalar_one_or_none()
    rows = session.execute(select(*columns).where(S.active, S.accepts_leads, S.id != (owner or "")))
    found = [_colleague(row, reference, now) for row in rows]
    return sorted(found, key=lambda one: (not one.on_now, one.full, one.load, one.name))


def _colleague(row: Any, reference: Reference, now: datetime) -> Colleague:
    windows = {int(day): tuple(parse_window(text) for text in spans) for day, spans in row.hours.items()}
    place = reference.clinic.location(row.location).hours
    start, end = next(WeeklyHours(place.zone, windows, place.closed).spans_from(now), (None, None))
    here = start == now
    return Colleague(
        id=row.id,
        name=row.name,
        status=row.status,
        location=row.location,
        until=end if here else None,
        back_at=None if here else start,
        load=row.load,
        capacity=row.capacity,
    )


_PROVIDERS = Query(select(S.id, S.name).where(S.active, S.role == "provider").order_by(S.name))


def providers(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of everybody who gives treatments, for a visit. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    return [(id_, name) for id_, name in _PROVIDERS.rows(session)]
