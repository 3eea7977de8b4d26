"""SQL of providers' calendars elsewhere, of when they are busy there, and of the address of their visits here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.booking.store import Visit, visit_columns
from core.booking.tables import appointments, busy_times, calendar_addresses, calendar_feeds
from core.db.prepared import InsertOne, Query
from core.domain.hours import Span
from core.domain.ids import hashed, new_id

F, B, S, A = calendar_feeds.c, busy_times.c, calendar_addresses.c, appointments.c
_NEW = InsertOne(calendar_feeds)
SHOWN = ("booked", "attended")


@dataclass(frozen=True)
class Feed:
    """A provider's calendar elsewhere. `url` None where its key is gone. `trouble` '' while all is well."""

    id: str
    staff_id: str
    url: str | None
    made_at: datetime
    polled_at: datetime | None
    seen_at: datetime | None
    read_at: datetime | None
    etag: str
    content_hash: str
    trouble: str
    failing_since: datetime | None


_FEED: list[Any] = [F[name] for name in Feed.__dataclass_fields__]


def of_staff(session: Session, staff_id: str) -> Feed | None:
    row = session.execute(select(*_FEED).where(F.staff_id == staff_id)).one_or_none()
    return Feed(*row) if row else None


def put(session: Session, staff_id: str, url: str, by: str, now: datetime) -> None:
    """Theirs from now on, in place of another one. What that one said is forgotten."""
    remove(session, staff_id)
    _NEW.run(session, id=new_id(now), staff_id=staff_id, url=url, made_at=now, made_by=by)


def remove(session: Session, staff_id: str) -> bool:
    """With all that it said; whether there was one."""
    theirs = select(F.id).where(F.staff_id == staff_id)
    session.execute(delete(busy_times).where(B.feed_id.in_(theirs)))
    gone = delete(calendar_feeds).where(F.staff_id == staff_id).returning(F.id)
    return session.execute(gone).first() is not None


def _waits(before: datetime) -> Any:
    return or_(F.polled_at.is_(None), F.polled_at <= before)


def due(session: Session, before: datetime) -> list[str]:
    """The ids of those that were not asked for since then, the longest waiting first."""
    waiting = select(F.id).where(_waits(before)).order_by(F.polled_at.is_not(None), F.polled_at, F.id)
    return list(session.execute(waiting).scalars())


def claim(session: Session, feed_id: str, before: datetime, now: datetime) -> Feed | None:
    """It is ours to ask for; None where another scheduler was faster, or it is gone."""
    mine = update(calendar_feeds).where(F.id == feed_id, _waits(before)).values(polled_at=now).returning(F.id)
    if session.execute(mine).first() is None:
        return None
    return Feed(*session.execute(select(*_FEED).where(F.id == feed_id)).one())


def unchanged(session: Session, feed_id: str, now: datetime) -> None:
    """It is there, and says what it said."""
    _well(session, feed_id, seen_at=now)


def _well(session: Session, feed_id: str, **values: Any) -> bool:
    changed = update(calendar_feeds).where(F.id == feed_id).values(trouble="", failing_since=None, **values)
    return session.execute(changed.returning(F.id)).first() is not None


def take_in(
    session: Session, feed: Feed, spans: Sequence[Span], etag: str, content_hash: str, now: datetime
) -> bool:
    """What it says takes the place of what it said. False where it was removed meanwhile."""
    known = {"seen_at": now, "read_at": now, "etag": etag, "content_hash": content_hash}
    if not _well(session, feed.id, **known):
        return False
    session.execute(delete(busy_times).where(B.feed_id == feed.id))
    rows = [
        {
            "id": new_id(now),
            "feed_id": feed.id,
            "staff_id": feed.staff_id,
            "starts_at": start,
            "ends_at": end,
        }
        for start, end in spans
    ]
    if rows:
        session.execute(insert(busy_times), rows)
    return True


def failed(session: Session, feed_id: str, trouble: str, now: datetime) -> None:
    """What it said last stands."""
    since = func.coalesce(F.failing_since, now)
    session.execute(
        update(calendar_feeds).where(F.id == feed_id).values(trouble=trouble[:24], failing_since=since)
    )


def failing(session: Session, before: datetime) -> list[Feed]:
    """Those that have not been there since then."""
    return [Feed(*row) for row in session.execute(select(*_FEED).where(F.failing_since <= before))]


_BUSY = Query(
    select(B.staff_id, B.starts_at, B.ends_at)
    .where(B.ends_at > bindparam("since"), B.starts_at < bindparam("until"))
    .order_by(B.staff_id, B.starts_at)
)


def busy(session: Session, since: datetime, until: datetime) -> dict[str, list[Span]]:
    """When providers are busy elsewhere, by resource: 'staff:<id>'."""
    found: dict[str, list[Span]] = defaultdict(list)
    for staff_id, start, end in _BUSY.rows(session, since=since, until=until):
        found[f"staff:{staff_id}"].append((start, end))
    return found


def put_address(session: Session, staff_id: str, secret: str, by: str, now: datetime) -> None:
    """The one before opens nothing any more."""
    remove_address(session, staff_id)
    row = {"id": new_id(now), "staff_id": staff_id, "made_at": now, "made_by": by}
    session.execute(insert(calendar_addresses).values(**row, secret_hash=hashed(secret)))


def remove_address(session: Session, staff_id: str) -> bool:
    gone = delete(calendar_addresses).where(S.staff_id == staff_id).returning(S.id)
    return session.execute(gone).first() is not None


def address_since(session: Session, staff_id: str) -> datetime | None:
    """Since when there is an address of their visits; None without."""
    return session.execute(select(S.made_at).where(S.staff_id == staff_id)).scalar_one_or_none()


def whose(session: Session, secret: str) -> str | None:
    """The id of whose visits an address shows."""
    return session.execute(select(S.staff_id).where(S.secret_hash == hashed(secret))).scalar_one_or_none()


def visits_of(session: Session, staff_id: str, since: datetime, until: datetime) -> list[Visit]:
    """What they have to do in a stretch of time, or did."""
    theirs = (A.provider_id == staff_id, A.state.in_(SHOWN), A.starts_at >= since, A.starts_at < until)
    found = select(*visit_columns()).where(*theirs).order_by(A.starts_at, A.id)
    return [Visit(*row) for row in session.execute(found)]
