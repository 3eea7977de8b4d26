"""SQL of what stops sending: stopped once, lifted once, and counted anew from the moment it was lifted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.upsert import insert_into
from core.operations.rules import Fingerprint
from core.operations.store import NOT_CONFIRMED, PAUSED
from core.operations.tables import switches

C = switches.c


@dataclass(frozen=True)
class Stop:
    """One reason why texts don't leave. `figures` as its rule gave them; `by` is None where no person did it."""

    name: str
    figures: Mapping[str, Any]
    since: datetime
    by: str | None


def stop(session: Session, name: str, figures: Mapping[str, Any], *, by: str | None, now: datetime) -> bool:
    """Stop; False where it was stopped already, and then nothing changes."""
    values = {"stops": True, "value": dict(figures), "changed_at": now, "changed_by": by}
    statement = insert_into(session, switches).values(name=name, **values)
    changed = statement.on_conflict_do_update(
        index_elements=["name"], set_=values, where=C.stops.is_(False)
    ).returning(C.name)
    return session.execute(changed).scalar_one_or_none() is not None


def lift(session: Session, name: str, *, by: str | None, now: datetime, **kept: Any) -> bool:
    """Let texts leave again, and keep what the next count needs; False where nothing was stopped."""
    statement = (
        update(switches)
        .where(C.name == name, C.stops.is_(True))
        .values(stops=False, value=kept, changed_at=now, changed_by=by)
        .returning(C.name)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def stops(session: Session) -> list[Stop]:
    """Everything that stops something now, first stopped first."""
    return [Stop(*row) for row in _STOPS.rows(session)]


_STOPS = Query(
    select(C.name, C.value, C.changed_at, C.changed_by)
    .where(C.stops.is_(True))
    .order_by(C.changed_at, C.name)
)


@dataclass(frozen=True)
class Lifted:
    """When a person last looked at one switch, and what was kept then."""

    at: datetime
    kept: Mapping[str, Any]


@dataclass(frozen=True)
class Switches:
    """What is stopped, and what was lifted when."""

    stopped: frozenset[str]
    lifted: Mapping[str, Lifted]

    def since(self, name: str, earliest: datetime) -> datetime:
        """From when to count: what a person has looked at is not counted again."""
        found = self.lifted.get(name)
        return max(found.at, earliest) if found else earliest


_ALL = select(C.name, C.stops, C.changed_at, C.value)


def read(session: Session) -> Switches:
    """All switches in one small statement."""
    rows = session.execute(_ALL).all()
    return Switches(
        frozenset(row.name for row in rows if row.stops),
        {row.name: Lifted(row.changed_at, row.value) for row in rows if not row.stops},
    )


def prepare_pause(session: Session, now: datetime) -> None:
    """The row that a claim holds on to exists before the first claim, so that even the first pause waits for it."""
    row = insert_into(session, switches).values(name=PAUSED, stops=False, value={}, changed_at=now)
    session.execute(row.on_conflict_do_nothing())


@dataclass(frozen=True)
class Binding:
    """Which database this is and from where it may send; `to` is None where a person has to say so first.

    `found` is the other place or account that was seen when sending stopped. `seal` is the word of `core.db.seal`, ''
    where there is none, and `at` when it was written.
    """

    stops: bool
    database_id: str
    to: Fingerprint | None
    found: Fingerprint | None
    seal: str = ""
    at: datetime | None = None


_BINDING = select(C.stops, C.value, C.changed_at).where(C.name == NOT_CONFIRMED)


def binding(session: Session) -> Binding | None:
    """None where this database was never bound."""
    row = session.execute(_BINDING).one_or_none()
    if row is None:
        return None
    value = row.value
    prints = (_print(value, "to"), _print(value, "found"))
    return Binding(row.stops, value.get("database_id", ""), *prints, value.get("seal", ""), row.changed_at)


def _print(value: Mapping[str, Any], key: str) -> Fingerprint | None:
    return Fingerprint(**value[key]) if value.get(key) else None


def bind(session: Session, bound: Binding, *, by: str | None, now: datetime) -> None:
    """Write the binding as it is to be from now on."""
    value = {
        "database_id": bound.database_id,
        "to": vars(bound.to) if bound.to else None,
        "found": vars(bound.found) if bound.found else None,
        "seal": bound.seal,
    }
    row = {"stops": bound.stops, "value": value, "changed_at": now, "changed_by": by}
    statement = insert_into(session, switches).values(name=NOT_CONFIRMED, **row)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
