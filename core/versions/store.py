"""SQL of versions. Each change names what it expects to find; whether it did is the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.db.upsert import insert_into
from core.domain.ids import new_id
from core.versions.rules import SHIPPED_NUMBER, Body, InUse
from core.versions.tables import DRAFT, PUBLISHED, SUPERSEDED, versions

V = versions.c


@dataclass(frozen=True)
class Version:
    """One row. A `draft` is changed by its savings, every other row never again."""

    number: int
    state: str
    retired: bool
    revision: int
    body: Body
    note: str
    restored_from: int | None
    made_by: str | None
    saved_at: datetime
    saved_by: str | None
    published_at: datetime | None
    published_by: str | None


_COLUMNS: list[Any] = [V[name] for name in Version.__dataclass_fields__]


def _of(kind: str, key: str) -> ColumnElement[bool]:
    return (V.kind == kind) & (V.key == key)


def history(session: Session, kind: str, key: str) -> list[Version]:
    """Every version of one key, newest first; a draft is the first."""
    rows = session.execute(select(*_COLUMNS).where(_of(kind, key)).order_by(V.number.desc()))
    return [Version(*row) for row in rows]


def find(session: Session, kind: str, key: str, number: int) -> Version | None:
    row = session.execute(select(*_COLUMNS).where(_of(kind, key), V.number == number)).one_or_none()
    return Version(*row) if row else None


def in_state(session: Session, kind: str, key: str, state: str) -> Version | None:
    """The draft, or the published one; there is at most one of each."""
    row = session.execute(select(*_COLUMNS).where(_of(kind, key), is_word(V.state, state))).one_or_none()
    return Version(*row) if row else None


def hold_draft(session: Session, kind: str, key: str, revision: int) -> Version | None:
    """The draft that still is as it was read, held until this transaction ends: who publishes second waits here."""
    still = (_of(kind, key), is_word(V.state, DRAFT), V.revision == revision)
    row = session.execute(select(*_COLUMNS).where(*still).with_for_update()).one_or_none()
    return Version(*row) if row else None


_IN_USE = Query(
    select(V.key, V.number, V.body, V.retired).where(
        V.kind == bindparam("kind_"), is_word(V.state, PUBLISHED)
    )
)


def published(session: Session, kind: str) -> list[InUse]:
    """What the clinic published of one kind, retired ones included; one small statement."""
    return [InUse(*row) for row in _IN_USE.rows(session, kind_=kind)]


def last_number(session: Session, kind: str, key: str) -> int:
    """0 where there is none."""
    return session.execute(select(func.max(V.number)).where(_of(kind, key))).scalar() or 0


def _insert(session: Session, values: Mapping[str, Any]) -> bool:
    """Whether the row is there now: a draft, a number or a published one that another made first is not overwritten."""
    statement = insert_into(session, versions).values(**values).on_conflict_do_nothing().returning(V.id)
    return session.execute(statement).scalar_one_or_none() is not None


def _new(kind: str, key: str, number: int, body: Body, by: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "kind": kind,
        "key": key,
        "number": number,
        "revision": 1,
        "retired": False,
        "body": body,
        "note": "",
        "made_at": now,
        "made_by": by,
        "saved_at": now,
        "saved_by": by,
    }


def begin_draft(
    session: Session,
    kind: str,
    key: str,
    number: int,
    body: Body,
    *,
    restored_from: int | None,
    by: str,
    now: datetime,
) -> bool:
    """The first saving of a draft; False where somebody else began one."""
    row = _new(kind, key, number, body, by, now) | {"state": DRAFT, "restored_from": restored_from}
    return _insert(session, row)


def save_draft(
    session: Session, kind: str, key: str, revision: int, body: Body, *, by: str, now: datetime, **more: Any
) -> bool:
    """Write a draft that still is as it was read; False where it was saved, published or discarded since."""
    statement = (
        update(versions)
        .where(_of(kind, key), is_word(V.state, DRAFT), V.revision == revision)
        .values(body=body, revision=revision + 1, saved_at=now, saved_by=by, **more)
        .returning(V.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def discard_draft(session: Session, kind: str, key: str, revision: int) -> bool:
    """Take a draft away that still is as it was read."""
    statement = delete(versions).where(_of(kind, key), is_word(V.state, DRAFT), V.revision == revision)
    return session.execute(statement.returning(V.id)).scalar_one_or_none() is not None


def publish_draft(session: Session, kind: str, key: str, note: str, *, by: str, now: datetime) -> None:
    """The draft that is held takes the place of what was published, which steps aside first."""
    supersede(session, kind, key)
    values = {"state": PUBLISHED, "note": note, "published_at": now, "published_by": by}
    session.execute(update(versions).where(_of(kind, key), is_word(V.state, DRAFT)).values(**values))


def supersede(session: Session, kind: str, key: str) -> None:
    session.execute(
        update(versions).where(_of(kind, key), is_word(V.state, PUBLISHED)).values(state=SUPERSEDED)
    )


def keep_shipped(session: Session, kind: str, key: str, body: Body, now: datetime) -> None:
    """What came with the product, kept as version 1 for good: a later release may ship other words."""
    _insert(session, _new(kind, key, SHIPPED_NUMBER, body, None, now) | {"state": SUPERSEDED})


def retire(
    session: Session, kind: str, key: str, number: int, body: Body, note: str, *, by: str, now: datetime
) -> bool:
    """A version that says 'not used any more'; False where the number was taken, by a draft for one."""
    supersede(session, kind, key)
    row = _new(kind, key, number, body, by, now)
    said = {"state": PUBLISHED, "retired": True, "note": note, "published_at": now, "published_by": by}
    return _insert(session, row | said)
