"""Whose key a row's encrypted values are written under, and the values made ready for it.

A table names the columns that tell (`keyed_by` in its `info`): the first that is filled decides. Where none is, the
row has a key of its own, or the clinic's.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.db.data_keys import CLINIC, DataKey, keys_for
from core.db.driver import AMONG, execute
from core.db.encrypted import Sealed, secret_columns

Row = Mapping[str, Any]
# The patient behind each of these leads or texts, by its id: (column that names them, ids). Those without are left out.
PatientsOf = Callable[[str, set[str]], dict[str, str]]
OWN = "id"
# A column that names no patient, but a row that does.
PATIENT_OF = {"lead_id": ("leads", "patient_id"), "text_id": ("sms_messages", "patient_id")}
TELLING = {name for name, _ in PATIENT_OF.values()}
MEMO = "patient_of"
_WHOSE = {
    (name, kind): f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id {among}"  # noqa: S608 - our own words
    for name, (table, column) in PATIENT_OF.items()
    for kind, among in AMONG.items()
}


def keyed_by(*columns: str, otherwise: str = OWN) -> dict[str, Any]:
    """`info` of a table with encrypted columns. `otherwise`: OWN or CLINIC, where no column is filled."""
    return {"keyed_by": (columns, otherwise)}


@cache
def _secrets(table: Table) -> tuple[str, ...]:
    return secret_columns(table)


def sealed_rows(session: Session, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """Rows of `table` that are to be inserted, their encrypted values sealed. Each has its `id`."""
    needy = in_need(table, rows)
    if not needy:
        return rows
    subjects = subjects_of(table, needy, partial(patients_of, session))
    own = {subject for row_id, subject in subjects.items() if subject == row_id}
    keys = keys_for(session, own, fresh=True) | keys_for(session, set(subjects.values()) - own)
    if table.name in TELLING:
        # What is written of a new lead or text needs not be told whose it is.
        session.info.setdefault(MEMO, {}).update(subjects)
    return [
        sealed(table, row, row["id"], keys[subjects[row["id"]]]) if row.get("id") in subjects else row
        for row in rows
    ]


def sealed_change(session: Session, table: Table, row_id: str, values: Row) -> Row:
    """Values that are to be written into the row of `table` with this id."""
    if not in_need(table, [values]):
        return values
    columns, _ = table.info["keyed_by"]
    known: dict[str, Any] = {"id": row_id}
    if columns:
        telling = select(*[table.c[name] for name in columns]).where(table.c.id == row_id)
        found = session.execute(telling).one_or_none()
        known |= found._asdict() if found else {}
    subject = subjects_of(table, [known], partial(patients_of, session))[row_id]
    return sealed(table, values, row_id, keys_for(session, [subject])[subject])


def in_need(table: Table, rows: Sequence[Row]) -> list[Row]:
    """The rows that have something to encrypt, and are not sealed already."""
    names = _secrets(table)
    return [row for row in rows if any([_is_open(row.get(name)) for name in names])]  # noqa: C419 - on the hot path


def _is_open(value: Any) -> bool:
    return value is not None and not isinstance(value, Sealed)


def sealed(table: Table, row: Row, row_id: str, key: DataKey) -> Row:
    """The row's values, those of encrypted columns sealed under `key`."""
    hidden = {
        name: Sealed(row[name], row_id, key.id, key.secret)
        for name in _secrets(table)
        if _is_open(row.get(name))
    }
    return {**row, **hidden}


def subjects_of(table: Table, rows: Sequence[Row], patients_of: PatientsOf) -> dict[str, str]:
    """Whose key each row's values are written under, by the row's id."""
    columns, otherwise = table.info["keyed_by"]
    found: dict[str, str] = {}
    for name in columns:
        told = {row["id"]: row[name] for row in rows if row["id"] not in found and row.get(name)}
        if name in PATIENT_OF:
            patients = patients_of(name, set(told.values()))
            told = {row_id: patients[value] for row_id, value in told.items() if value in patients}
        found |= told
    rest = {row["id"]: row["id"] if otherwise == OWN else CLINIC for row in rows if row["id"] not in found}
    return found | rest


def patients_of(session: Session, name: str, ids: set[str]) -> dict[str, str]:
    """The patient behind each of these leads or texts, read from the table that column `name` points into."""
    known: dict[str, str] = session.info.setdefault(MEMO, {})
    missing = sorted(ids - known.keys())
    if missing:
        statement = _WHOSE[name, session.get_bind().dialect.name]
        known |= dict(execute(session, statement, (json.dumps(missing),)).fetchall())
    return known
