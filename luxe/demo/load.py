"""Bulk loading: rows as dicts in, the driver's own values out, thousands of rows in one statement.

The column types do their work here (encryption, UTC), once for each value and without the statement machinery
around it, so that it can be done in another process than the one that writes.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Table

from core.db.engine import Database
from core.db.schema import metadata

Rows = dict[str, list[dict[str, Any]]]
Encoded = dict[str, list[tuple[Any, ...]]]
Encoder = Callable[[Any], Any]


class Sheets:
    """Turns rows of every table into tuples for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._sheets = {table.name: _columns(table, dialect) for table in metadata.sorted_tables}

    def encode(self, rows: Rows) -> Encoded:
        """Values that a row leaves out become the column's default, or NULL."""
        return {name: [self._tuple(name, row) for row in entries] for name, entries in rows.items()}

    def _tuple(self, name: str, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                encode(value) if encode is not None and value is not None else value
                for encode, value in (
                    (encode, row.get(column, default)) for column, encode, default in self._sheets[name]
                )
            ]
        )


def _columns(table: Table, dialect: Dialect) -> list[tuple[str, Encoder | None, Any]]:
    return [(column.name, _encoder(column, dialect), _default(column)) for column in table.columns]


def _encoder(column: Column[Any], dialect: Dialect) -> Encoder | None:
    if isinstance(column.type, JSON):
        return json.dumps
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _default(column: Column[Any]) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]


def write(database: Database, batches: Iterable[Encoded]) -> int:
    """Write each batch in one transaction of its own; how many rows."""
    total = 0
    with database.engine.execution_options(luxe_write=True).connect() as connection:
        raw = connection.connection.driver_connection
        if database.is_sqlite:
            _prepare_sqlite(raw)
        for batch in batches:
            with connection.begin():
                for table in metadata.sorted_tables:
                    rows = batch.get(table.name)
                    if rows:
                        (_insert_sqlite if database.is_sqlite else _copy_postgres)(raw, table, rows)
                        total += len(rows)
        connection.invalidate()  # its settings are for bulk only: nobody else gets it
    return total


def _prepare_sqlite(raw: Any) -> None:
    """Room for the indexes in memory, and fewer syncs: what a power cut loses here can be made up again."""
    for pragma in ("cache_size=-200000", "synchronous=NORMAL", "wal_autocheckpoint=16000"):
        raw.execute(f"PRAGMA {pragma}")


def _insert_sqlite(raw: Any, table: Table, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join("?" for _ in table.columns)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)  # noqa: S608 - our own names


def _copy_postgres(raw: Any, table: Table, rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def make_id(moment: datetime, dice: Random) -> str:
    """As `core.domain.ids.new_id`, from `dice`: the same demo has the same ids."""
    milliseconds = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
