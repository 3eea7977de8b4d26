"""The calendar: all that stands on some days of one location. One look at the database, a handful of statements.

A visit is drawn where its reservations are: provider, room and device, with what is kept around it. What staff only
noted down has neither service nor end; it gets USUAL and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import Session

from core import free_times
from core.booking import rules
from core.booking import store_reservations as reservations
from core.booking.catalogue import Resource
from core.booking.store_holds import ASK
from core.booking.store_reservations import Taken
from core.booking.tables import appointments, blocks, holds
from core.clinic import Location
from core.db.prepared import Query
from core.db.types import UtcDateTime
from core.domain.hours import A_DAY, Span, at
from core.domain.roles import Actor, Permission, require
from core.free_times import Times
from core.leads.tables import leads
from core.patients.tables import patients
from core.reads.parts.sql import one_of
from core.reference import Reference
from core.staff.tables import staff

A, B, H, L, P, S = appointments.c, blocks.c, holds.c, leads.c, patients.c, staff.c
USUAL = timedelta(minutes=30)  # of a visit that was noted without its end
DRAWN = ("booked", "attended", "no_show")
MOST = 1500  # visits of one look: a week of two hundred a day


@dataclass(frozen=True)
class Seen:
    """One visit. `starts_at` to `ends_at` is the visit itself, `kept` what is kept for it, None where nothing is.

    `guessed`: it was noted without an end. `done`: it was completed. `wants`: what it is of, in words.
    """

    id: str
    lead_id: str
    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    guessed: bool
    kept: Span | None
    provider_id: str
    room: str
    device: str
    service: str
    kind: str
    treatment: str
    state: str
    came_by: str
    created_at: datetime
    confirmed_at: datetime | None
    arrived_at: datetime | None
    in_room_at: datetime | None
    ended_at: datetime | None
    done: bool
    value_cents: int
    price_cents: int
    phone: str
    call_only: bool


@dataclass(frozen=True)
class Held:
    """A time that is kept while somebody makes up their mind; '' for a name that nobody knows yet."""

    id: str
    kind: str
    service: str
    provider_id: str
    room: str
    device: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    expires_at: datetime
    visit_id: str
    lead_id: str
    name: str


@dataclass(frozen=True)
class Block:
    """Time of one resource that is not to be booked."""

    id: str
    resource: str
    starts_at: datetime
    ends_at: datetime
    note: str
    made_by: str


@dataclass(frozen=True)
class Column:
    """A provider. `shifts` within the stretch; `known` is false for one who gives no treatments here any more."""

    id: str
    name: str
    title: str
    shifts: Sequence[Span]
    known: bool = True


@dataclass(frozen=True)
class Days:
    """What stands on `days` days from `first` on, at one location. `open`: its opening hours within them."""

    place: Location
    first: date
    days: int
    since: datetime
    until: datetime
    open: Sequence[Span]
    columns: Sequence[Column]
    places: Sequence[Resource]
    visits: Sequence[Seen]
    held: Sequence[Held]
    blocks: Sequence[Block]


_WITHIN = {name: bindparam(name, type_=UtcDateTime) for name in ("since", "until")}
_VISITS = Query(
    select(
        A.id, A.lead_id, A.reference, P.first_name, P.last_name, A.starts_at, A.ends_at, A.provider_id, A.room,
        A.device, A.service, A.kind, L.treatment, A.state, A.came_by, A.created_at, A.confirmed_at, A.arrived_at,
        A.in_room_at, A.ended_at, L.treated_at, A.value_cents, A.price_cents, L.phone, L.call_only,
    )
    .join(leads, L.id == A.lead_id)
    .join(patients, P.id == A.patient_id)
    .where(A.starts_at >= _WITHIN["since"], A.starts_at < _WITHIN["until"], A.location == bindparam("location"))
    .where(one_of(A.state, DRAWN))
    .order_by(A.starts_at, A.id)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
_HELD = Query(
    select(
        H.id, H.kind, H.service, H.provider_id, H.room, H.device, H.starts_at, H.ends_at, H.created_at, H.expires_at,
        H.visit_id, H.lead_id, P.first_name, P.last_name,
    )
    .outerjoin(leads, L.id == H.lead_id)
    .outerjoin(patients, P.id == L.patient_id)
    .where(H.starts_at >= _WITHIN["since"], H.starts_at < _WITHIN["until"], H.location == bindparam("location"))
    # A question that nobody answered in time stays in sight for as long as it is kept.
    .where(or_(H.expires_at > bindparam("now", type_=UtcDateTime), H.kind == ASK))
    .order_by(H.starts_at, H.id)
)  # fmt: skip
_BLOCKS = Query(
    select(B.id, B.resource, B.starts_at, B.ends_at, B.note, S.name)
    .outerjoin(staff, S.id == B.made_by)
    .where(B.starts_at >= _WITHIN["since"], B.starts_at < _WITHIN["until"])
    .order_by(B.starts_at, B.id)
)
_NAMES = Query(select(S.id, S.name, S.title).order_by(S.name))


def read(
    session: Session, actor: Actor, reference: Reference, location: str, first: date, days: int, now: datetime
) -> Days:
    """What stands on the `days` days from `first` on. Raises Denied."""
    require(actor, Permission.SEE_CALENDAR)
    place = reference.clinic.location(location)
    zone = place.hours.zone
    since, until = at(first, time(), zone), at(first + timedelta(days=days), time(), zone)
    times = free_times.read(session, reference, since, until, now)
    kept = _kept(reservations.between(session, since, until, now))
    visits = _visits(session, place.slug, since, until, kept)
    held = _held(session, place.slug, since, until, now)
    named = {one.provider_id for one in visits} | {one.provider_id for one in held}
    columns = _columns(session, times, place.slug, named)
    places = [one for one in reference.bookable.resources.values() if one.location == place.slug]
    here = {f"staff:{one.id}" for one in columns} | {f"{one.kind}:{one.code}" for one in places}
    return Days(
        place,
        first,
        days,
        since,
        until,
        _open(place, since, until),
        columns,
        [one for one in places if not one.retired],
        visits,
        held,
        [one for one in _blocks(session, since, until) if one.resource in here],
    )


def _open(place: Location, since: datetime, until: datetime) -> list[Span]:
    days = range((until - since + A_DAY / 2) // A_DAY)
    first = since.astimezone(place.hours.zone).date()
    return [span for ahead in days for span in place.hours.on(first + timedelta(days=ahead))]


def _kept(taken: Iterable[Taken]) -> Mapping[str, Span]:
    """What is kept for each owner: all of its rows are of one stretch."""
    return {one.owner_id: (one.starts_at, one.ends_at) for one in taken}


def _visits(
    session: Session, location: str, since: datetime, until: datetime, kept: Mapping[str, Span]
) -> list[Seen]:
    rows = _VISITS.rows(session, since=since, until=until, location=location, most=MOST)
    return [_seen(row, kept.get(row[0])) for row in rows]


def _seen(row: Sequence[Any], kept: Span | None) -> Seen:
    (id_, lead_id, code, first_name, last_name, starts_at, ends_at, provider_id, room, device, service, kind,
     treatment, state, came_by, created_at, confirmed_at, arrived_at, in_room_at, ended_at, treated_at, value,
     price, phone, call_only) = row  # fmt: skip
    return Seen(
        id=id_,
        lead_id=lead_id,
        code=code or "",
        name=_name(first_name, last_name),
        starts_at=starts_at,
        ends_at=ends_at or starts_at + USUAL,
        guessed=ends_at is None,
        kept=kept,
        provider_id=provider_id or "",
        room=room,
        device=device,
        service=service,
        kind=kind,
        treatment=treatment,
        state=state,
        came_by=came_by,
        created_at=created_at,
        confirmed_at=confirmed_at,
        arrived_at=arrived_at or (ended_at if state == "attended" else None),
        in_room_at=in_room_at,
        ended_at=ended_at,
        done=rules.is_completed(state, starts_at, arrived_at, ended_at, treated_at),
        value_cents=value,
        price_cents=price,
        phone=phone or "",
        call_only=bool(call_only),
    )


def _name(first: object, last: object) -> str:
    return f"{first or ''} {last or ''}".strip()


def _held(session: Session, location: str, since: datetime, until: datetime, now: datetime) -> list[Held]:
    rows = _HELD.rows(session, since=since, until=until, location=location, now=now)
    return [_hold(*row) for row in rows]


def _hold(*row: Any) -> Held:
    known = (*row[:10], row[10] or "", row[11] or "", _name(row[12], row[13]))
    return Held(*known)


def _block(*row: Any) -> Block:
    known = (*row[:4], str(row[4] or ""), row[5] or "")
    return Block(*known)


def _blocks(session: Session, since: datetime, until: datetime) -> list[Block]:
    rows = _BLOCKS.rows(session, since=since, until=until)
    return [_block(*row) for row in rows]


def _columns(session: Session, times: Times, location: str, named: set[str]) -> list[Column]:
    """Who gives treatments here, by name, then whoever else has a visit here; '' is nobody."""
    here = [one for one in times.providers if times.place_of(one).slug == location]
    found = [Column(one.id, one.name, one.title, times.shifts.get(one.id, ())) for one in here]
    others = named - {one.id for one in here} - {""}
    if others:
        names = {id_: (name, title) for id_, name, title in _NAMES.rows(session)}
        found += [
            Column(id_, *names.get(id_, ("Somebody", "")), times.shifts.get(id_, ()), known=False)
            for id_ in sorted(others, key=lambda one: names.get(one, ("", "")))
        ]
    return found + ([Column("", "", "", (), known=False)] if "" in named else [])
