"""What must be true of the database, whatever was killed: asked of the rows, not of the product."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from core import free_times
from core.app import App
from core.booking.tables import appointments, holds, reservations
from core.domain.hours import Span
from core.free_times import Wish

A, H, R = appointments.c, holds.c, reservations.c
CLEAN_UP = timedelta(minutes=10)
DAY = timedelta(days=1)


def overlaps(app: App) -> list[str]:
    """Reservations of one resource, and visits of one provider or room, that are at the same time."""
    with app.db.read() as session:
        kept = session.execute(select(R.resource, R.starts_at, R.ends_at)).all()
        booked = session.execute(
            select(A.provider_id, A.room, A.starts_at, A.ends_at).where(A.state == "booked", A.service != "")
        ).all()
    visits = [
        (what, start, end + CLEAN_UP)
        for provider, room, start, end in booked
        for what in (f"visit of {provider}", f"visit in {room}")
    ]
    return [*_at_once(tuple(row) for row in kept), *_at_once(visits)]


def _at_once(rows: Iterable[tuple[str, datetime, datetime]]) -> list[str]:
    of: dict[str, list[Span]] = defaultdict(list)
    for what, start, end in rows:
        of[what].append((start, end))
    return [
        f"{what} twice at {later[0]:%H:%M}"
        for what, spans in of.items()
        for earlier, later in zip(sorted(spans), sorted(spans)[1:], strict=False)
        if later[0] < earlier[1]
    ]


def strays(app: App) -> list[str]:
    """Visits that lack what they need, and reservations of nothing."""
    with app.db.read() as session:
        visits = session.execute(select(A.id, A.state, A.device).where(A.service != "")).all()
        held = set(session.execute(select(H.id)).scalars())
        kept: dict[str, int] = defaultdict(int)
        for owner in session.execute(select(R.owner_id)).scalars():
            kept[owner] += 1
    needs = {row.id: 2 + bool(row.device) if row.state == "booked" else 0 for row in visits}
    wrong = [
        f"visit {id_} has {kept.get(id_, 0)} of {many}"
        for id_, many in needs.items()
        if kept.get(id_, 0) != many
    ]
    return wrong + [f"{owner} is nothing" for owner in kept if owner not in needs and owner not in held]


def lost(app: App, answered: dict[str, str]) -> list[str]:
    """Visits that a client was told of and that are not in the state that it was told last."""
    with app.db.read() as session:
        states = dict(session.execute(select(A.id, A.state)).tuples().all())
    return [
        f"{id_}: told {was}, is {states.get(id_)}" for id_, was in answered.items() if states.get(id_) != was
    ]


def free_and_booked(app: App, wish: Wish, since: datetime) -> tuple[int, int]:
    """Times that are free on that day, and visits booked on it."""
    now = app.clock.now()
    with app.db.read() as session:
        free = free_times.read(session, app.reference, since, since + DAY, now).free(wish)
        booked = session.execute(
            select(A.id).where(A.state == "booked", A.starts_at >= since, A.starts_at < since + DAY)
        ).all()
    return len(free), len(booked)
