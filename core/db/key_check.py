"""Whether the keys in hand are those that the database was written with: asked before anything is read or written.

Under other keys every look-up finds nobody, so each patient would come as a new one, and what is stored meanwhile
can't be read once the right keys are back.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    column,
    create_engine,
    insert,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy.orm import Session

from core.db.crypto import Keyring
from core.db.data_keys import K, data_keys, label
from core.db.encrypted import MARK
from core.db.engine import LIVELY, Database
from core.db.index_seals import NONE
from core.db.metadata import metadata
from core.db.types import blind_column
from core.domain.errors import SettingsError

PURPOSE, KNOWN = "key_check", "luxe follow-up"
OTHER_KEYS = (
    "holds other keys than this database was written with; nothing was changed. Put the right keyset there"
)
# One row, written once. It tells nothing to who has no keys: the text is known, and the same everywhere.
key_checks = Table(
    "key_checks",
    metadata,
    blind_column("fingerprint", primary_key=True),
    Column("proof", LargeBinary, nullable=False),
)
C = key_checks.c
PROOF = b"key_checks.proof"
# What stood in every database in use before there were data keys, bound to its column.
BEFORE = (
    ("patients", "first_name"),
    ("raw_payloads", "body"),
    ("sms_messages", "message_body"),
    ("staff", "phone"),
)
ENOUGH = 3


def is_bare(url: str) -> bool:
    """Whether nothing of ours is in the database yet; looks without keys. Raises OperationalError."""
    parsed = make_url(url)
    embedded = parsed.get_backend_name() == "sqlite"
    if embedded and not Path(parsed.database or "").exists():
        return True
    engine = create_engine(url, connect_args={} if embedded else LIVELY)
    try:
        return not inspect(engine).has_table("patients")
    finally:
        engine.dispose()


def prove_keys(database: Database) -> None:
    """Raises SettingsError where the database was written with other keys, OperationalError where it is silent."""
    with database.engine.connect() as connection:
        prove(connection, database.keyring)


def prove(connection: Connection, keyring: Keyring) -> None:
    """The same on a connection. Where the database is bound to no keys yet, what is stored must be readable."""
    if not (_check_fits(connection, keyring) and _stored_fits(connection, keyring)):
        raise SettingsError("LUXE_KEYSET", OTHER_KEYS)


def has_check(connection: Connection) -> bool:
    return bool(_checks(connection))


def write_check(connection: Connection, keyring: Keyring) -> None:
    """Bind the database to these keys; they have been proved."""
    proof = keyring.encrypt(KNOWN.encode(), PROOF)
    connection.execute(insert(key_checks).values(fingerprint=_fingerprint(keyring), proof=proof))


def _fingerprint(keyring: Keyring) -> str:
    return keyring.blind(PURPOSE, KNOWN)


def _checks(connection: Connection) -> list[tuple[str, bytes]]:
    if not inspect(connection).has_table(key_checks.name):
        return []
    return [(row.fingerprint, bytes(row.proof)) for row in connection.execute(select(C.fingerprint, C.proof))]


def _check_fits(connection: Connection, keyring: Keyring) -> bool:
    """Also says which seal lies over the blind indexes of this database: none, where it is bound to no keys yet."""
    checks = _checks(connection)
    if not checks:
        keyring.seals.in_force = NONE
    return all(
        keyring.settle_index(PURPOSE, KNOWN, fingerprint) and _opens(keyring, proof, PROOF)
        for fingerprint, proof in checks
    )


def follow_seal(session: Session, keyring: Keyring) -> None:
    """Seal as the database does by now. Raises SettingsError where no seal in hand fits: nobody would be found.

    Asked at every sign of life: a process that started while the indexes were sealed anew learns it before it works on.
    """
    found = session.execute(select(C.fingerprint)).scalar_one_or_none()
    if found is not None and not keyring.settle_index(PURPOSE, KNOWN, found):
        raise SettingsError("LUXE_KEYSET", OTHER_KEYS)


def _stored_fits(connection: Connection, keyring: Keyring) -> bool:
    """Of the oldest and of the newest values some must open: a keyset from before a rotation opens only the ones.

    Not all of them: one that was damaged stops nobody.
    """
    return all(
        any(_opens(keyring, stored, label) for stored, label in values)
        for values in _stored(connection)
        if values
    )


def _stored(connection: Connection) -> Iterator[list[tuple[bytes, bytes]]]:
    """Values with what they are bound to, the oldest and the newest."""
    if inspect(connection).has_table(data_keys.name) and connection.execute(select(K.id).limit(1)).first():
        for order in (K.id, K.id.desc()):
            rows = connection.execute(select(K.id, K.subject, K.wrapped).order_by(order).limit(ENOUGH))
            yield [(bytes(row.wrapped), label(row.id, row.subject)) for row in rows]
        return
    for name, field in BEFORE:
        if inspect(connection).has_table(name):
            yield from _stored_before(connection, name, field)


def _stored_before(connection: Connection, name: str, field: str) -> Iterator[list[tuple[bytes, bytes]]]:
    sampled: Any = table(name, column("id"), column(field, LargeBinary))
    filled = select(sampled.c[field]).where(sampled.c[field].is_not(None)).limit(ENOUGH)
    for order in (sampled.c.id, sampled.c.id.desc()):
        values = connection.execute(filled.order_by(order)).scalars()
        yield [(bytes(value), f"{name}.{field}".encode()) for value in values if _from_before(value)]


def _from_before(value: bytes) -> bool:
    """Not empty, and not under a data key: a restored backup has brought none, for those who were forgotten."""
    return bool(value) and not bytes(value).startswith(MARK)


def _opens(keyring: Keyring, stored: bytes, bound_to: bytes) -> bool:
    try:
        keyring.decrypt(stored, bound_to)
    except (KeyError, InvalidTag):
        return False
    return True
