"""SQL of what is taken. The database refuses two that overlap, whoever asks: nothing here looks before it writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.booking.tables import reservations
from core.db.prepared import Query
from core.db.upsert import insert_into
from core.domain.hours import Span
from core.domain.ids import new_id

R = reservations.c
VISIT, HOLD, BLOCK = "visit", "hold", "block"
LONGEST = timedelta(days=1)  # of one reservation: what begins earlier does not reach here


@dataclass(frozen=True)
class Owner:
    """What a time is taken for. `expires_at` is a hold's."""

    kind: str
    id: str
    expires_at: datetime | None = None


class Taken(NamedTuple):
    """One reservation. Months hold thousands of them."""

    resource: str
    starts_at: datetime
    ends_at: datetime
    owner_kind: str
    owner_id: str


_TAKEN = Query(
    select(R.resource, R.starts_at, R.ends_at, R.owner_kind, R.owner_id)
    .where(
        R.starts_at > bindparam("since", type_=R.starts_at.type),
        R.starts_at < bindparam("until", type_=R.starts_at.type),
        or_(R.expires_at.is_(None), R.expires_at > bindparam("now", type_=R.starts_at.type)),
    )
    .order_by(R.starts_at)
)


def between(session: Session, since: datetime, until: datetime, now: datetime) -> list[Taken]:
    """Everything that is taken in a stretch of time, in order; holds that have run out are not."""
    rows = _TAKEN.rows(session, since=since - LONGEST, until=until, now=now)
    return [Taken(*row) for row in rows if row[2] > since]


def spans(session: Session, since: datetime, until: datetime, now: datetime) -> dict[str, list[Span]]:
    """The same by resource."""
    found: dict[str, list[Span]] = defaultdict(list)
    for resource, starts_at, ends_at, *_ in between(session, since, until, now):
        found[resource].append((starts_at, ends_at))
    return found


def take(session: Session, resources: Sequence[str], span: Span, owner: Owner, now: datetime) -> bool:
    """Keep all of `resources` for the owner, or none: False where any of them is taken.

    In one order for everybody, and without waiting for a row that conflicts: two that want the same never wait for one
    another.
    """
    forget_run_out(session, resources, span, now)
    mine = [
        made for resource in sorted(resources) if (made := _take_one(session, resource, span, owner, now))
    ]
    if len(mine) == len(resources):
        return True
    session.execute(delete(reservations).where(R.id.in_(mine)))
    return False


def _take_one(session: Session, resource: str, span: Span, owner: Owner, now: datetime) -> str | None:
    row = {
        "id": new_id(now),
        "resource": resource,
        "starts_at": span[0],
        "ends_at": span[1],
        "owner_kind": owner.kind,
        "owner_id": owner.id,
        "expires_at": owner.expires_at,
    }
    if session.get_bind().dialect.name == "postgresql":
        free = insert_into(session, reservations).values(**row).on_conflict_do_nothing()
        return session.execute(free.returning(R.id)).scalar_one_or_none()
    try:
        session.execute(insert(reservations).values(**row))
    except IntegrityError:  # the trigger's word; the transaction goes on
        return None
    return str(row["id"])


def forget_run_out(session: Session, resources: Collection[str], span: Span, now: datetime) -> None:
    """Delete what holds that have run out keep of this stretch: they are nobody's. What another transaction deletes
    just now is left to it."""
    here = and_(R.starts_at < span[1], R.ends_at > span[0], R.starts_at > span[0] - LONGEST)
    over = select(R.id).where(R.resource.in_(resources), here, R.expires_at <= now)
    session.execute(delete(reservations).where(R.id.in_(over.with_for_update(skip_locked=True))))


def hand_over(session: Session, hold_id: str, visit_id: str) -> int:
    """What a hold kept is the visit's from now on; how many resources it still had."""
    mine = update(reservations).where(R.owner_id == hold_id, R.owner_kind == HOLD)
    made = mine.values(owner_kind=VISIT, owner_id=visit_id, expires_at=None).returning(R.id)
    return len(session.execute(made).all())


def of_owner(session: Session, owner_id: str) -> list[Taken]:
    statement = select(R.resource, R.starts_at, R.ends_at, R.owner_kind, R.owner_id).where(
        R.owner_id == owner_id
    )
    return [Taken(*row) for row in session.execute(statement.order_by(R.resource))]


def release(session: Session, owner_ids: Iterable[str]) -> None:
    """Nothing is kept for them any more."""
    session.execute(delete(reservations).where(R.owner_id.in_(list(owner_ids))))
