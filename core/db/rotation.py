"""Write every encrypted value anew under the primary key. Safe to interrupt and to repeat."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Table,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)

from core.db.crypto import Keyring
from core.db.engine import Database
from core.db.schema import metadata
from core.db.types import Encrypted, EncryptedBytes, EncryptedJson

BATCH = 500
KEY_ID_BYTES = 4
EncryptedType = Encrypted | EncryptedJson | EncryptedBytes


def encrypted_tables() -> list[tuple[Table, list[str]]]:
    """Every table that holds encrypted columns, with their names, found in the metadata."""
    found = [
        (table, [column.name for column in table.columns if isinstance(column.type, EncryptedType)])
        for table in metadata.sorted_tables
    ]
    return [(table, columns) for table, columns in found if columns]


def any_stale(database: Database) -> bool:
    """Whether some value is still under an older key: a rotation was interrupted."""
    with database.read() as session:
        return any(
            session.execute(
                select(*table.primary_key.columns).where(_stale(table, names, database.keyring)).limit(1)
            ).first()
            for table, names in encrypted_tables()
        )


def rewrite_all(database: Database) -> Iterator[tuple[str, int]]:
    """Rewrite what is under an older key; yields (table, rows rewritten) after each committed batch."""
    for table, names in encrypted_tables():
        last: tuple[Any, ...] | None = None
        while True:
            last, rewritten = _rewrite_batch(database, table, names, last)
            if last is None:
                break
            yield table.name, rewritten


def _rewrite_batch(
    database: Database, table: Table, names: list[str], after: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...] | None, int]:
    """One transaction: (the last primary key seen or None when none is left, rows rewritten)."""
    keys = list(table.primary_key.columns)
    raw = [type_coerce(table.c[name], LargeBinary).label(name) for name in names]
    statement = select(*keys, *raw).where(_stale(table, names, database.keyring)).order_by(*keys).limit(BATCH)
    if after is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    with database.write() as session:
        rows = session.execute(statement.with_for_update()).all()
        if not rows:
            return None, 0
        changes = [_renewed(database.keyring, table, names, row, len(keys)) for row in rows]
        session.connection().execute(_update(table, names), changes)
    return tuple(rows[-1][: len(keys)]), len(rows)


def _renewed(keyring: Keyring, table: Table, names: list[str], row: Any, keys: int) -> dict[str, Any]:
    values: dict[str, Any] = {f"key_{position}": row[position] for position in range(keys)}
    for offset, name in enumerate(names):
        stored = row[keys + offset]
        label = _label(table, name)
        values[f"new_{name}"] = (
            None if stored is None else keyring.encrypt(keyring.decrypt(bytes(stored), label), label)
        )
    return values


def _update(table: Table, names: list[str]) -> Any:
    matches = [column == bindparam(f"key_{i}") for i, column in enumerate(table.primary_key.columns)]
    return (
        update(table)
        .where(*matches)
        .values(
            {name: type_coerce(bindparam(f"new_{name}", type_=LargeBinary), LargeBinary) for name in names}
        )
    )


def _label(table: Table, name: str) -> bytes:
    return str(table.c[name].type.label).encode()  # type: ignore[attr-defined]


def _stale(table: Table, names: list[str], keyring: Keyring) -> ColumnElement[bool]:
    # NULL compares as unknown, so empty values are never stale.
    return or_(
        *[
            func.substr(type_coerce(table.c[name], LargeBinary), 1, KEY_ID_BYTES, type_=LargeBinary)
            != keyring.primary
            for name in names
        ]
    )
