"""What tests of backups share: a home on each kind of database, and looks at what lies in it."""

from pathlib import Path

from sqlalchemy import LargeBinary, select, type_coerce

from core.db import key_rows
from core.db.data_keys import data_keys, forget
from core.db.key_rows import KeyRow
from core.flows.upkeep import key_copies
from core.patients.tables import patients
from tests.luxe.conftest import Luxe


def keys_of(luxe: Luxe) -> list[KeyRow]:
    app = luxe.open()
    with app.db.read() as session:
        found = list(key_rows.every(session))
    app.db.engine.dispose()
    return found


def copied(folder: Path) -> list[KeyRow]:
    return list(key_copies.read_copy(folder / key_copies.FILE))


def patient_ids(luxe: Luxe) -> list[str]:
    app = luxe.open()
    with app.db.read() as session:
        found = list(session.execute(select(patients.c.id).order_by(patients.c.id)).scalars())
    app.db.engine.dispose()
    return found


def forget_patient(luxe: Luxe, patient_id: str) -> bytes:
    """Forget one patient's key as erasure does, copies too; what it was, wrapped."""
    app = luxe.open()
    with app.db.write() as session:
        wrapped = session.execute(
            select(type_coerce(data_keys.c.wrapped, LargeBinary)).where(data_keys.c.subject == patient_id)
        ).scalar_one()
        forget(session, [patient_id])
    assert key_copies.rewrite_copies(app) == []
    app.db.engine.dispose()
    return bytes(wrapped)
