"""Write what is encrypted anew: values from before there were data keys, and data keys under an older key.

Both go in batches of one transaction each, while everything runs; both are safe to interrupt and to repeat. What
can't be read is passed over and named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from core.db.crypto import Keyring
from core.db.data_keys import DataKey, data_keys, keys_for, label
from core.db.encrypted import MARK, Sealed, secret_columns
from core.db.engine import Database
from core.db.schema import metadata
from core.db.sealing import patients_of, subjects_of

BATCH = 200
KEY_ID_BYTES = 4


@dataclass(frozen=True)
class Step:
    """One committed batch: rows written anew in `table`, and what of it can't be read, as 'column of row'."""

    table: str
    rows: int
    unreadable: tuple[str, ...] = ()


def encrypted_tables() -> list[tuple[Table, tuple[str, ...]]]:
    """Every table that holds encrypted columns, with their names, found in the metadata."""
    found = [(table, secret_columns(table)) for table in metadata.sorted_tables]
    return [(table, columns) for table, columns in found if columns]


def renew_all(database: Database) -> Iterator[Step]:
    """Everything that is old, batch by batch."""
    yield from wrap_all(database)
    yield from seal_all(database)


def wrap_all(database: Database) -> Iterator[Step]:
    """Every data key anew under the primary key."""
    last = ""
    while True:
        with database.write() as session:
            step, last = _wrap_batch(session, database.keyring, last)
        if step is None:
            return
        yield step


def _wrap_batch(session: Session, keyring: Keyring, after: str) -> tuple[Step | None, str]:
    c = data_keys.c
    statement = select(c.id, c.subject, c.wrapped).where(_wrapped_by_another(keyring), c.id > after)
    rows = session.execute(statement.order_by(c.id).limit(BATCH).with_for_update()).all()
    if not rows:
        return None, after
    changes, lost = [], []
    for row in rows:
        try:
            secret = keyring.decrypt(bytes(row.wrapped), label(row.id, row.subject))
        except (KeyError, InvalidTag):
            lost.append(f"key of {row.subject}")
            continue
        changes.append({"of_": row.id, "fresh": keyring.encrypt(secret, label(row.id, row.subject))})
    if changes:
        rewrite = update(data_keys).where(c.id == bindparam("of_")).values(wrapped=bindparam("fresh"))
        session.connection().execute(rewrite, changes)
    return Step("data_keys", len(changes), tuple(lost)), rows[-1].id


def seal_all(database: Database) -> Iterator[Step]:
    """Every value that is under no data key yet, table by table."""
    for table, names in encrypted_tables():
        yield from seal_table(database, table, names)


def seal_table(database: Database, table: Table, names: Sequence[str], after: str = "") -> Iterator[Step]:
    """Every value of one table that is under no data key yet, in the order of the rows' ids."""
    while ids := _unsealed_ids(database, table, names, after):
        with database.write() as session:
            step = _seal_batch(session, database.keyring, table, names, ids)
        after = ids[-1]
        yield step


def _unsealed_ids(database: Database, table: Table, names: Sequence[str], after: str) -> list[str]:
    """Looked for outside the write: where nothing is old, that is a walk through the whole table."""
    statement = select(table.c.id).where(_unsealed(table, names), table.c.id > after)
    with database.read() as session:
        return list(session.execute(statement.order_by(table.c.id).limit(BATCH)).scalars())


def _seal_batch(
    session: Session, keyring: Keyring, table: Table, names: Sequence[str], ids: Sequence[str]
) -> Step:
    telling = [table.c[name] for name in table.info["keyed_by"][0]]
    raw = [type_coerce(table.c[name], LargeBinary).label(name) for name in names]
    statement = select(table.c.id, *telling, *raw).where(table.c.id.in_(ids)).order_by(table.c.id)
    rows = [dict(row._mapping) for row in session.execute(statement.with_for_update())]
    subjects = subjects_of(table, rows, partial(patients_of, session))
    keys = keys_for(session, set(subjects.values()))
    lost: list[str] = []
    changes = [_renewed(keyring, table, names, row, keys[subjects[row["id"]]], lost) for row in rows]
    session.connection().execute(_writing(table, tuple(names)), changes)
    return Step(table.name, len(rows), tuple(lost))


def _renewed(
    keyring: Keyring,
    table: Table,
    names: Sequence[str],
    row: Mapping[str, Any],
    key: DataKey,
    lost: list[str],
) -> dict[str, Any]:
    """What is to be written into one row: values that are sealed already, and those that can't be read, as they are."""
    change: dict[str, Any] = {"of_": row["id"]}
    for name in names:
        stored = None if row[name] is None else bytes(row[name])
        change[f"new_{name}"] = stored
        if stored is None or stored.startswith(MARK):
            continue
        kind: Any = table.c[name].type
        try:
            opened = kind.decode(keyring.decrypt(stored, kind.label.encode()))
        except (KeyError, InvalidTag, ValueError):
            lost.append(f"{name} of {row['id']}")
            continue
        change[f"new_{name}"] = kind.hidden(Sealed(opened, row["id"], key.id, key.secret))
    return change


@cache
def _writing(table: Table, names: tuple[str, ...]) -> Update:
    values = {name: type_coerce(bindparam(f"new_{name}", type_=LargeBinary), LargeBinary) for name in names}
    return update(table).where(table.c.id == bindparam("of_")).values(values)


def _starts(column: ColumnElement[Any], length: int) -> ColumnElement[bytes]:
    return func.substr(type_coerce(column, LargeBinary), 1, length, type_=LargeBinary)


def _unsealed(table: Table, names: Sequence[str]) -> ColumnElement[bool]:
    # NULL compares as unknown, so empty values are never old.
    return or_(*[_starts(table.c[name], len(MARK)) != MARK for name in names])


def _wrapped_by_another(keyring: Keyring) -> ColumnElement[bool]:
    return _starts(data_keys.c.wrapped, KEY_ID_BYTES) != keyring.primary
