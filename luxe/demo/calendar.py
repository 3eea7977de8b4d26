"""The demo's calendar: made-up visits get a service, a provider and a room, and patients of before come again.

Everything stands where `core/free_times.py` says that it is free, so nothing overlaps, and what is kept for a visit is
kept as the product keeps it.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from core import free_times
from core.booking import availability, store
from core.booking.availability import kept_for
from core.booking.catalogue import Service
from core.booking.tables import appointments, blocks, reservations
from core.db.sealing import sealed_rows
from core.domain.hours import A_DAY, Span, at
from core.domain.ids import new_id
from core.free_times import Slot, Times, Wish
from core.leads.tables import leads
from core.reference import Reference

A, L = appointments.c, leads.c
BACK, AHEAD = 7, 14  # days on which the calendar is full
TODAY, TOMORROW, LATER = (22, 12), (14, 8), (7, 4)  # visits of a day at the main location and at any other
MINUTE = timedelta(minutes=1)
USUAL = (
    "hydrafacial",
    "botox",
    "lip_filler",
    "laser_hair_removal",
    "microneedling",
    "chemical_peel",
    "consultation",
)


@dataclass
class Book:
    """A calendar that is being filled: what is free, and the rows that come of it."""

    reference: Reference
    times: Times
    dice: Random
    now: datetime
    codes: set[str]

    def find(self, service: Service, location: str, day: date, near: datetime | None) -> Slot | None:
        """A free time of that day, the one nearest to `near` where one is named."""
        start = at(day, time(), self.reference.clinic.zone)
        of_day = replace(self.times, since=start, until=start + A_DAY, now=start)
        found = of_day.free(Wish(service, location), by_staff=True)
        if not found:
            return None
        return min(found, key=lambda slot: abs(slot.starts_at - near)) if near else self.dice.choice(found)

    def keep(self, session: Session, service: Service, slot: Slot, visit_id: str) -> dict[str, Any]:
        """Keep provider, room and device; what the visit's row says of them."""
        length = self.times.length(service, slot.provider_id)
        search = self.times.search(Wish(service, slot.location), by_staff=True)
        pools = self.times.pools(service, slot.location)
        wide = replace(search, since=slot.starts_at - A_DAY, until=slot.starts_at + A_DAY)
        places = [availability.free_of(wide, pool, length, slot.starts_at)[0] for pool in pools]
        span = kept_for(slot.starts_at, length)
        for resource in [f"staff:{slot.provider_id}", *places]:
            self._take(session, resource, span, visit_id)
        named = dict(place.split(":") for place in places)
        return {
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "provider_id": slot.provider_id,
            "service": service.code,
            "kind": service.kind,
            "price_cents": service.price_cents,
            "room": named.get("room", ""),
            "device": named.get("device", ""),
            "reference": self._code(),
        }

    def _take(self, session: Session, resource: str, span: Span, visit_id: str) -> None:
        insort(self.times.taken.setdefault(resource, []), span)  # type: ignore[attr-defined]
        values = {"id": new_id(self.now), "resource": resource, "starts_at": span[0], "ends_at": span[1]}
        session.execute(insert(reservations).values(**values, owner_kind="visit", owner_id=visit_id))

    def _code(self) -> str:
        while True:
            code = "LX-" + "".join(self.dice.choice(store.CODE_SIGNS) for _ in range(5))
            if code not in self.codes:
                self.codes.add(code)
                return code


def add(session: Session, reference: Reference, dice: Random, now: datetime) -> None:
    """Fill the calendar from a week ago to two weeks ahead."""
    zone = reference.clinic.zone
    today = now.astimezone(zone).date()
    since, until = (at(today + timedelta(days=days), time(), zone) for days in (-BACK, AHEAD + 1))
    read = free_times.read(session, reference, since, until, since)
    book = Book(reference, replace(read, taken=defaultdict(list)), dice, now, set())
    _block(session, book)
    _place_known(session, book, since, until)
    known = _who_came_before(session, now)
    for days in sorted(range(-BACK, AHEAD + 1), key=abs):
        _come_again(session, book, today + timedelta(days=days), days, known)


def _block(session: Session, book: Book) -> None:
    """One provider's time for something else, on each day that has a shift of theirs."""
    abena = next((one for one in book.times.providers if one.name == "Abena Osei"), None)
    for start, _ in book.times.shifts.get(abena.id, ()) if abena else ():
        if start.astimezone(book.reference.clinic.zone).time() != time(12):
            continue
        block_id, span = new_id(book.now), (start + timedelta(minutes=90), start + timedelta(minutes=135))
        resource = f"staff:{abena.id}" if abena else ""
        row = {"id": block_id, "resource": resource, "starts_at": span[0], "ends_at": span[1]}
        made = row | {"note": "Photo reviews", "made_at": book.now, "made_by": abena.id if abena else ""}
        session.execute(insert(blocks), sealed_rows(session, blocks, [made]))
        insort(book.times.taken.setdefault(resource, []), span)  # type: ignore[attr-defined]
        kept = row | {"id": new_id(book.now), "owner_kind": "block", "owner_id": block_id}
        session.execute(insert(reservations).values(**kept))


def _place_known(session: Session, book: Book, since: datetime, until: datetime) -> None:
    """Visits of the made-up history get a service of what was asked for, and the nearest time that is free."""
    statement = (
        select(A.id, A.starts_at, A.location, A.state, A.created_at, L.treatment)
        .join(leads, L.id == A.lead_id)
        .where(A.starts_at >= since, A.starts_at < until, A.state.in_(("booked", "attended", "no_show")))
        .order_by(A.starts_at, A.id)
    )
    for row in session.execute(statement).all():
        found = _service(book, row.treatment), row.starts_at.astimezone(book.reference.clinic.zone).date()
        slot = book.find(found[0], row.location, found[1], row.starts_at)
        if slot is None or (row.state == "booked") != (slot.starts_at > book.now):
            continue
        values = book.keep(session, found[0], slot, row.id)
        values |= _desk(book, slot, row.state, row.created_at)
        session.execute(update(appointments).where(A.id == row.id).values(**values))


def _service(book: Book, treatment: str) -> Service:
    known = book.reference.bookable
    return next(iter(known.for_treatment(treatment)), known.services["consultation"])


def _desk(book: Book, slot: Slot, state: str, made: datetime) -> dict[str, Any]:
    """What the front desk marked of it."""
    sure = slot.starts_at - book.now > timedelta(days=2) or book.dice.random() < 0.8
    confirmed = max(made, min(book.now, slot.starts_at - A_DAY)) if sure else None
    if state != "attended":
        return {"confirmed_at": confirmed}
    came = min(slot.starts_at - book.dice.randint(1, 9) * MINUTE, book.now - MINUTE)
    in_room = slot.starts_at + 2 * MINUTE
    return {
        "confirmed_at": confirmed,
        "arrived_at": came,
        "in_room_at": in_room if in_room < book.now else None,
        "ended_at": slot.ends_at
        if slot.ends_at < book.now
        else came,  # later than they arrived: they are done
    }


@dataclass
class Pool:
    """Patients who were here before, and of whom nothing is ahead."""

    rows: list[Any]
    turn: int = 0

    def take(self, *, ahead: bool, busy: set[str]) -> Any:
        """The next in turn who is not `busy`; one who is to come again is not asked twice."""
        for _ in range(len(self.rows)):
            self.turn += 1
            row = self.rows[self.turn % len(self.rows)]
            if row.id not in busy:
                busy.update([row.id] if ahead else [])
                return row
        return None


def _who_came_before(session: Session, now: datetime) -> Pool:
    ahead = select(A.lead_id).where(A.state == "booked")
    statement = select(L.id, L.patient_id, L.location, L.owner_id, L.value_cents)
    came = statement.where(L.attended_at < now - timedelta(days=BACK), L.id.not_in(ahead))
    found: list[Any] = list(session.execute(came.order_by(L.id)).all())
    return Pool(found)


def _come_again(session: Session, book: Book, day: date, days: int, known: Pool) -> None:
    """So many visits more on one day: past ones took place, those to come are booked."""
    wanted = TODAY if not days else TOMORROW if days in (1, -1) else LATER
    main, busy = book.reference.clinic.default_location, set[str]()
    for location in book.reference.clinic.locations:
        for service in _services(book, wanted[location != main]):
            slot = book.find(service, location, day, None)
            row = slot and known.take(ahead=False, busy=busy)
            if slot and row:
                busy.add(row.id)
                ahead = slot.starts_at > book.now - 20 * MINUTE
                _add(session, book, service, slot, row)
                known.rows = [one for one in known.rows if not (ahead and one.id == row.id)]


def _services(book: Book, count: int) -> Iterator[Service]:
    services = book.reference.bookable.services
    return (services[book.dice.choice(USUAL)] for _ in range(count) if set(USUAL) <= services.keys())


def _add(session: Session, book: Book, service: Service, slot: Slot, row: Row[Any]) -> None:
    visit_id, made = new_id(book.now), slot.starts_at - timedelta(days=book.dice.randint(3, 20))
    state = _state(book, slot)
    over = {} if state == "booked" else {"ended_at": slot.starts_at, "ended_by": row.owner_id}
    worth = round(service.price_cents * book.dice.choice((1, 1, 1, 1.5)) / 100) * 100
    desk = _desk(book, slot, state, made)
    values: dict[str, Any] = {
        "id": visit_id,
        "lead_id": row.id,
        "patient_id": row.patient_id,
        "created_at": min(made, book.now),
        "made_by": row.owner_id,
        "location": slot.location,
        "value_cents": 0 if state == "booked" else worth,
        "state": state,
    }
    kept = book.keep(session, service, slot, visit_id)
    session.execute(insert(appointments).values(values | over | kept | desk))


def _state(book: Book, slot: Slot) -> str:
    """Who is late is still awaited; of those before nearly everybody came."""
    if slot.starts_at > book.now - 20 * MINUTE:
        soon = slot.starts_at < book.now + 15 * MINUTE
        return "attended" if soon and book.dice.random() < 0.6 else "booked"
    return "attended" if book.dice.random() < 0.93 else "no_show"
