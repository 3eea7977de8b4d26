"""Data keys: what belongs to one patient is encrypted under a key of its own, which the keyring wraps.

Forgetting a patient's keys makes every value of theirs unreadable, wherever a copy of it lies: this table is left out
of backups (`luxe.backups`). A key's `subject` is the patient, or the row itself where nobody is known yet.
"""

import json
import secrets
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, Engine, LargeBinary, String, Table, delete, select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from core.db.crypto import Keyring
from core.db.driver import AMONG, call, execute
from core.db.metadata import metadata
from core.db.types import keyring_of
from core.domain.ids import is_id

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", String(32), primary_key=True),  # hex of 16 bytes; sorts by the time the subject was made
    Column("subject", String(36), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
)
K = data_keys.c
CLINIC = ""  # the subject of what belongs to no patient: staff, the audit trail
TIME_DIGITS = 12  # of an id of ours: milliseconds
NEIGHBOURS = 256
MOST = 100_000  # keys held in memory, some 250 bytes each (made ready for use each would be ten times that)


@dataclass(frozen=True, slots=True)
class DataKey:
    """`id` is 16 bytes, `secret` 32."""

    id: bytes
    secret: bytes


class DataKeys:
    """The data keys that this process knows, by id. What it does not know it reads, on a connection of its own."""

    def __init__(self, keyring: Keyring, engine: Engine) -> None:
        self._keyring = keyring
        self._engine = engine
        self._known: dict[bytes, bytes] = {}
        self._lock = threading.Lock()

    def secret(self, key_id: bytes) -> bytes:
        """Raises KeyError for a key that is not there, or was forgotten."""
        found = self._known.get(key_id)
        if found is None:
            with self._lock:
                found = self._known.get(key_id) or self._read_around(key_id)
        return found

    def know(self, connection: Connection, key_ids: Collection[bytes]) -> None:
        """Read those that are not known, all at once; one that can't be had is found missing when it is used."""
        missing = [key_id for key_id in key_ids if key_id not in self._known]
        if not missing:
            return
        if len(self._known) + len(missing) > MOST:
            self._known.clear()
            missing = list(key_ids)
        wanted = (json.dumps([key_id.hex() for key_id in missing]),)
        self._unwrapped(call(connection, _BY_ID[connection.dialect.name], wanted).fetchall())

    def clear(self) -> None:
        """Know none: a key that was forgotten in the database is not used here any longer."""
        self._known.clear()

    def remember(self, key: DataKey) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key.id] = key.secret

    def unwrap(self, key_id: str, subject: str, wrapped: bytes) -> DataKey:
        """Raises KeyError or InvalidTag where the keyring does not open it."""
        raw = bytes.fromhex(key_id)
        known = self._known.get(raw)
        if known is not None:
            return DataKey(raw, known)
        key = DataKey(raw, self._keyring.decrypt(wrapped, label(key_id, subject)))
        self.remember(key)
        return key

    def _read_around(self, key_id: bytes) -> bytes:
        """This key, and those made just before and after it: whoever shows one patient shows their neighbours too.

        Both ways, because lists are read from the newest on. Raises KeyError where this one can't be had.
        """
        # Not from what is remembered: that may have been emptied meanwhile, to make room for these.
        return self._unwrapped(self._neighbours(key_id.hex()))[key_id]

    def _unwrapped(self, rows: Iterable[Any]) -> dict[bytes, bytes]:
        """Without those that are damaged, or wrapped by another keyring: these alone are unknown."""
        found: dict[bytes, bytes] = {}
        for subject, key_id, wrapped in rows:
            with suppress(KeyError, InvalidTag):
                key = self.unwrap(key_id, subject, bytes(wrapped))
                found[key.id] = key.secret
        return found

    def _neighbours(self, key_id: str) -> list[Any]:
        rows, half = select(K.subject, K.id, K.wrapped), NEIGHBOURS // 2
        with self._engine.connect() as connection:
            older = connection.execute(rows.where(K.id < key_id).order_by(K.id.desc()).limit(half)).all()
            newer = connection.execute(rows.where(K.id >= key_id).order_by(K.id).limit(half)).all()
        return [*older, *newer]


def label(key_id: str, subject: str) -> bytes:
    """What a wrapped key is bound to: nobody can pass it off as another patient's."""
    return f"data_keys.{key_id}.{subject}".encode()


def keys_of_dialect(dialect: Dialect) -> DataKeys:
    """The data keys of the database that `core.db.engine.connect` opened."""
    keys: DataKeys = dialect.luxe_data_keys  # type: ignore[attr-defined]
    return keys


MEMO = "data_keys"
# Words of the driver: every form and every text asks this.
_FIND = {
    name: f"SELECT subject, id, wrapped FROM data_keys WHERE subject {among} ORDER BY id"  # noqa: S608 - our own words
    for name, among in AMONG.items()
}
_BY_ID = {
    name: f"SELECT subject, id, wrapped FROM data_keys WHERE id {among}"  # noqa: S608 - our own words
    for name, among in AMONG.items()
}
_NEW = {
    "sqlite": "INSERT INTO data_keys (id, subject, wrapped) VALUES (?, ?, ?)",
    "postgresql": "INSERT INTO data_keys (id, subject, wrapped) VALUES (%s, %s, %s)",
}


def keys_for(session: Session, subjects: Collection[str], *, fresh: bool = False) -> dict[str, DataKey]:
    """The key to write under, for each subject; made where there is none yet.

    `fresh`: these subjects are new, and nobody has made them a key.
    """
    known: dict[str, DataKey] = session.info.setdefault(MEMO, {})
    missing = sorted({subject for subject in subjects if subject not in known})
    if missing and not fresh:
        known |= _stored(session, missing)
    for subject in missing:
        if subject not in known:
            known[subject] = _make(session, subject)
    return {subject: known[subject] for subject in subjects}


def _stored(session: Session, subjects: list[str]) -> dict[str, DataKey]:
    dialect = session.get_bind().dialect
    keys = keys_of_dialect(dialect)
    found: dict[str, DataKey] = {}
    for subject, key_id, wrapped in execute(session, _FIND[dialect.name], (json.dumps(subjects),)).fetchall():
        try:
            found[subject] = keys.unwrap(key_id, subject, bytes(wrapped))
        except (KeyError, InvalidTag):
            continue
    return found


def _make(session: Session, subject: str) -> DataKey:
    dialect = session.get_bind().dialect
    key_id, secret, wrapped = new_key(keyring_of(dialect), subject)
    execute(session, _NEW[dialect.name], (key_id, subject, wrapped))
    key = DataKey(bytes.fromhex(key_id), secret)
    keys_of_dialect(dialect).remember(key)
    return key


def new_key(keyring: Keyring, subject: str) -> tuple[str, bytes, bytes]:
    """(id, secret, wrapped) of a fresh key."""
    key_id = _moment_of(subject) + secrets.token_hex(10)
    secret = AESGCM.generate_key(256)
    return key_id, secret, keyring.encrypt(secret, label(key_id, subject))


def _moment_of(subject: str) -> str:
    return subject.replace("-", "")[:TIME_DIGITS] if is_id(subject) else "0" * TIME_DIGITS


def forget(session: Session, subjects: Collection[str]) -> int:
    """Delete the keys of these subjects: nothing of theirs can be read any more. How many there were."""
    session.info.pop(MEMO, None)
    keys_of_dialect(session.get_bind().dialect).clear()
    return session.execute(delete(data_keys).where(K.subject.in_(subjects))).rowcount  # type: ignore[attr-defined,no-any-return]
