"""The rows of `data_keys` as they are stored, wrapped: for copies of them, and for putting them back."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from core.db.data_keys import CLINIC, data_keys
from core.db.encrypted import secret_columns
from core.db.metadata import metadata
from core.db.upsert import insert_into

BATCH = 500
T = TypeVar("T")
C = data_keys.c
_ROW = select(C.id, C.subject, C.wrapped).order_by(C.id)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One data key, wrapped by the keyring. `subject`: the patient, a row, or '' for the clinic."""

    id: str
    subject: str
    wrapped: bytes


def every(session: Session) -> Iterator[KeyRow]:
    """All of them, by id; a few at a time are in memory."""
    for row in session.execute(_ROW.execution_options(yield_per=BATCH)):
        yield KeyRow(row.id, row.subject, bytes(row.wrapped))


def some(session: Session, ids: Collection[str]) -> dict[str, KeyRow]:
    """Those with these ids, by id."""
    found: dict[str, KeyRow] = {}
    for batch in batches(ids):
        rows = session.execute(_ROW.where(C.id.in_(batch)))
        found |= {row.id: KeyRow(row.id, row.subject, bytes(row.wrapped)) for row in rows}
    return found


def any_there(session: Session) -> bool:
    return session.execute(select(C.id).limit(1)).first() is not None


def put_in(session: Session, rows: Iterable[KeyRow]) -> None:
    """Add these; one that is there already stays as it is."""
    statement = insert_into(session, data_keys).on_conflict_do_nothing(index_elements=["id"])
    for batch in batches(rows):
        session.execute(statement, [asdict(row) for row in batch])


def stray_count(session: Session) -> int:
    """Keys of people and rows that the database does not have: they came after the backup that it was restored from."""
    return int(session.execute(select(func.count()).select_from(data_keys).where(_is_stray())).scalar_one())


def forget_strays(session: Session) -> int:
    """Delete them: nothing of these people can be read any more, wherever it lies. How many there were."""
    gone = session.execute(delete(data_keys).where(_is_stray()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _is_stray() -> ColumnElement[bool]:
    """A subject is the clinic, a patient, or a row of any table with encrypted values."""
    owners = [table for table in metadata.sorted_tables if secret_columns(table)]
    owned = (select(table.c.id).where(table.c.id == C.subject).exists() for table in owners)
    return and_(C.subject != CLINIC, *(~one for one in owned))


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
