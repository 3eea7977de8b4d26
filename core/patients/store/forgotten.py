"""Whom the database does not know any more: told by the keys that their names are under."""

from collections.abc import Collection, Iterator

from sqlalchemy import LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from core.db.data_keys import CLINIC, data_keys
from core.db.encrypted import KEY_END, key_of
from core.db.key_rows import BATCH, batches, some
from core.patients.tables import patients

_BEGINNING = func.substr(type_coerce(patients.c.first_name, LargeBinary), 1, KEY_END)


def erased(session: Session) -> set[str]:
    """Patients who were erased: what stands for their name is under the clinic's key."""
    ours = set(session.execute(select(data_keys.c.id).where(data_keys.c.subject == CLINIC)).scalars())
    return {patient_id for patient_id, key_id in _named_under(session) if key_id in ours}


def forgotten(session: Session) -> list[str]:
    """Patients whose name is under a key that is no more: nothing of theirs can be read."""
    found: list[str] = []
    for batch in batches(list(_named_under(session))):
        known = some(session, {key_id for _, key_id in batch})
        found += [patient_id for patient_id, key_id in batch if key_id not in known]
    return found


def there(session: Session, ids: Collection[str]) -> list[str]:
    """Those of these patients whom the database has."""
    found = (session.execute(select(patients.c.id).where(patients.c.id.in_(batch))) for batch in batches(ids))
    return [patient_id for rows in found for patient_id in rows.scalars()]


def _named_under(session: Session) -> Iterator[tuple[str, str]]:
    """Patients and the id of the key of their name; without those of an earlier version."""
    rows = session.execute(select(patients.c.id, _BEGINNING).execution_options(yield_per=BATCH))
    for patient_id, beginning in rows:
        key_id = key_of(bytes(beginning))
        if key_id is not None:
            yield patient_id, key_id.hex()
