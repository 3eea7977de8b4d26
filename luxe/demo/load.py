"""Bulk loading: rows as dicts in, the driver's own values out, thousands of rows in one statement.

The column types do their work here (encryption, UTC), once for each value and without the statement machinery
around it, so that it can be done in another process than the one that writes.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Table, text

from core.db.crypto import Keyring
from core.db.data_keys import DataKey, new_key
from core.db.engine import Database
from core.db.schema import metadata
from core.db.sealing import in_need, sealed, subjects_of

Rows = dict[str, list[dict[str, Any]]]
Encoded = dict[str, list[tuple[Any, ...]]]
Encoder = Callable[[Any], Any]


def sealed_batch(keyring: Keyring, rows: Rows) -> Rows:
    """The same rows, encrypted values sealed under keys made here, which are rows too."""
    patients = {
        "lead_id": {lead["id"]: lead["patient_id"] for lead in rows["leads"]},
        "text_id": {text["id"]: text["patient_id"] for text in rows["sms_messages"]},
    }
    keys: dict[str, DataKey] = {}
    made: Rows = {"data_keys": []}
    for name, entries in rows.items():
        table = metadata.tables[name]
        needy = in_need(table, entries)
        subjects = subjects_of(table, needy, lambda column, _ids: patients[column]) if needy else {}
        for subject in sorted(set(subjects.values()) - keys.keys()):
            keys[subject] = _made(keyring, subject, made["data_keys"])
        made[name] = [
            dict(sealed(table, row, row["id"], keys[subjects[row["id"]]]))
            if row.get("id") in subjects
            else row
            for row in entries
        ]
    return made


def _made(keyring: Keyring, subject: str, rows: list[dict[str, Any]]) -> DataKey:
    key_id, secret, wrapped = new_key(keyring, subject)
    rows.append({"id": key_id, "subject": subject, "wrapped": wrapped})
    return DataKey(bytes.fromhex(key_id), secret)


class Sheets:
    """Turns rows of every table into tuples for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._sheets = {table.name: self._columns(table, dialect) for table in metadata.sorted_tables}

    def _columns(self, table: Table, dialect: Dialect) -> list[tuple[str, Encoder | None, Any]]:
        return [(column.name, self.encoder(column, dialect), _default(column)) for column in table.columns]

    def encoder(self, column: Column[Any], dialect: Dialect) -> Encoder | None:
        """How a column's values are written; None for as they are."""
        if isinstance(column.type, JSON):
            return json.dumps
        return column.type.dialect_impl(dialect).bind_processor(dialect)

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


def tidy(database: Database) -> None:
    """Numbers go on where those that were written end; the planner learns the size of the tables."""
    with database.engine.execution_options(luxe_write=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(
                text(
                    "SELECT setval(pg_get_serial_sequence('leads', 'number'), (SELECT max(number) FROM leads))"
                )
            )
        connection.execute(text("ANALYZE"))


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
