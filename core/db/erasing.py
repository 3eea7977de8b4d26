"""What identifies a person is taken out of every row of theirs, and their keys are forgotten.

The rows stay for the figures: when somebody came, from where, what for. Copies of the database that lie elsewhere hold
the same values under the forgotten keys, and can't be read any more.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, or_, select, update
from sqlalchemy.orm import Session

from core.db.data_keys import CLINIC, forget, keys_for
from core.db.encrypted import secret_columns
from core.db.engine import Database
from core.db.metadata import metadata
from core.db.sealing import sealed

ERASED = "(erased)"
SAID = {
    ("patients", "first_name"),
    ("sms_messages", "message_body"),
    ("emails", "subject"),
}  # where a screen would else show nothing at all
OURS = ((), CLINIC)  # `keyed_by` of the clinic's own: staff, and the trail, which says for ever who did what
# Left as they are: the ledger of consent with the numbers and addresses that said no, which is honoured for ever.
KEPT_INDEXES = {("consents", "phone_index"), ("consents", "email_index")}


def erase_values(session: Session, patient_ids: Sequence[str]) -> int:
    """Empty every encrypted value and index of these patients, and forget their keys; how many rows were theirs."""
    clinic = keys_for(session, [CLINIC])[CLINIC]
    subjects, rows = set(patient_ids), 0
    for table, ids in _rows_of(session, patient_ids):
        subjects |= set(ids)
        rows += len(ids)
        names = secret_columns(table)
        for row in session.execute(
            select(table.c.id, *[table.c[name] for name in names]).where(table.c.id.in_(ids))
        ):
            blank = {name: _blank(table, name) for name in names if row._mapping[name] is not None}
            values = dict(sealed(table, blank, row.id, clinic)) | _without_indexes(table)
            if values:
                session.execute(update(table).where(table.c.id == row.id).values(values))
    forget(session, list(subjects))
    return rows


def _blank(table: Table, name: str) -> Any:
    kind: Any = table.c[name].type
    return ERASED if (table.name, name) in SAID else kind.blank


def _without_indexes(table: Table) -> dict[str, Any]:
    found = [c for c in table.c if c.name.endswith("_index") and (table.name, c.name) not in KEPT_INDEXES]
    return {column.name: None if column.nullable else "" for column in found}


def _rows_of(session: Session, patient_ids: Sequence[str]) -> Iterator[tuple[Table, list[str]]]:
    """Every table with encrypted values, and the ids of the rows in it that are about these patients."""
    told = _told_by(session, patient_ids)
    for table in metadata.sorted_tables:
        if not secret_columns(table) or table.info["keyed_by"] == OURS:
            continue
        theirs = [table.c[name].in_(ids) for name, ids in told.items() if name in table.c]
        if table.name in ("patients", "raw_payloads"):
            theirs.append(table.c.id.in_(told[f"{table.name}.id"]))
        ids = list(session.execute(select(table.c.id).where(or_(*theirs))).scalars())
        if ids:
            yield table, ids


def _told_by(session: Session, patient_ids: Sequence[str]) -> dict[str, list[str]]:
    """The columns that tell whose a row is, and what stands in them in rows of these patients."""
    t = metadata.tables

    def ids(column: Column[Any], of: Column[Any], among: Sequence[str]) -> list[str]:
        found = session.execute(select(column).where(of.in_(among), column.is_not(None)))
        return list(found.scalars())

    forms, texts, leads = t["form_submissions"].c, t["sms_messages"].c, t["leads"].c
    people = list(patient_ids)
    return {
        "patient_id": people,
        "kept_id": people,
        "gone_id": people,
        "lead_id": ids(leads.id, leads.patient_id, people),
        "text_id": ids(texts.id, texts.patient_id, people),
        "submission_id": ids(forms.id, forms.patient_id, people),
        "patients.id": people,
        "raw_payloads.id": ids(forms.raw_payload_id, forms.patient_id, people),
    }


def leave_no_trace(database: Database) -> None:
    """What was deleted is not left lying in the file: the log of SQLite is emptied, PostgreSQL's dead rows are cleared.

    SQLite overwrites what it deletes (`secure_delete`, set for every connection).
    """
    statement = "PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "VACUUM data_keys"
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(statement)
