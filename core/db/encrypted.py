"""Columns whose values are encrypted before they leave the process, bound to their row, under their patient's key."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, LargeBinary, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from core.db import unreadable_values
from core.db.crypto import NONCE, Keyring
from core.db.types import keyring_of


class Unreadable(str):
    """Stands where a stored text can't be decrypted: shown as such, never taken for the text itself.

    False, so that whoever asks for a number or a name finds none. It can't be written back.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


UNREADABLE = Unreadable("(can't be read)")
MARK = b"LX2\0"  # then: data key (16 bytes), length of what follows the nonce (4), nonce (12), ciphertext and tag
KEY_END = len(MARK) + 16
HEADER = KEY_END + 4 + NONCE
ID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value on its way into the row with this id, under this data key (`core.db.sealing` makes them)."""

    value: Any
    row: str
    key_id: bytes
    secret: bytes


class Secret(TypeDecorator[Any]):
    """A value that is encrypted before it leaves the process. `label` is `table.column`.

    Label and row are authenticated with it: moved into another column or row it does not decrypt. A read asks for the
    row's id beside the value; a write takes a `Sealed` and nothing else. Raises TypeError for a bare value.
    """

    impl = LargeBinary
    cache_ok = True
    unreadable: Any = None
    blank: Any = None  # what stands there once its person was erased

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        return _WithRow(self, column, column.table.c.id)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Sealed) or isinstance(value.value, Unreadable):
            raise TypeError(f"{self.label}: a value must be sealed for its row before it is stored")
        return self.hidden(value)

    def hidden(self, value: Sealed) -> bytes:
        """As it is stored."""
        nonce = os.urandom(NONCE)
        bound_to = f"{self.label}\0{value.row}".encode()
        hidden = AESGCM(value.secret).encrypt(nonce, self.encode(value.value), bound_to)
        return MARK + value.key_id + len(hidden).to_bytes(4) + nonce + hidden

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Gives what was stored, or `unreadable` where it can't be decrypted: one damaged value stops nobody."""
        label, decode = self.label.encode(), self.decode

        def read(value: bytes | None) -> Any:
            if value is None:
                return None
            try:
                return decode(opened(value, label, dialect))
            except (KeyError, InvalidTag, ValueError):
                unreadable_values.note(self.label, bytes(value)[-ID_LENGTH:])
                return self.unreadable

        return read

    def encode(self, value: Any) -> bytes:
        raise NotImplementedError

    def decode(self, stored: bytes) -> Any:
        raise NotImplementedError


def key_of(stored: bytes | None) -> bytes | None:
    """The id of the data key that a stored value is under, if any."""
    return stored[4:KEY_END] if stored and stored[:4] == MARK else None


def opened(value: bytes, label: bytes, dialect: Dialect) -> bytes:
    """A stored value with the id of its row behind it, decrypted."""
    if value[:4] != MARK:  # stored before there were data keys
        return _opened_by_keyring(keyring_of(dialect), value[:-ID_LENGTH], label)
    end = HEADER + int.from_bytes(value[20:24])
    secret: bytes = dialect.luxe_data_keys.secret(value[4:20])  # type: ignore[attr-defined]
    return AESGCM(secret).decrypt(value[24:HEADER], value[HEADER:end], label + b"\0" + value[end:])


def _opened_by_keyring(keyring: Keyring, value: bytes, label: bytes) -> bytes:
    if keyring.row_bound:
        raise ValueError("not bound to its row")
    return keyring.decrypt(value, label)


class Encrypted(Secret):
    """Text."""

    cache_ok = True
    unreadable = UNREADABLE
    blank = ""

    def encode(self, value: str) -> bytes:
        return value.encode()

    def decode(self, stored: bytes) -> str:
        return stored.decode()


class EncryptedJson(Secret):
    """A JSON document; an empty one where it can't be read."""

    cache_ok = True

    @property
    def blank(self) -> dict[str, Any]:
        return {}

    @property
    def unreadable(self) -> dict[str, Any]:
        return {}

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":")).encode()

    def decode(self, stored: bytes) -> Any:
        return json.loads(stored)


class EncryptedBytes(Secret):
    """Raw bytes (a payload, a picture); none where they can't be read."""

    cache_ok = True
    unreadable = b""
    blank = b""

    def encode(self, value: bytes) -> bytes:
        return value

    def decode(self, stored: bytes) -> bytes:
        return stored


class _WithRow(FunctionElement[Any]):
    """A stored value with the id of its row behind it, read by the value's own type."""

    inherit_cache = True

    def __init__(self, kind: "Secret", *parts: Any) -> None:
        super().__init__(*parts)
        self.type = kind


@compiles(_WithRow, "sqlite")
def _with_row_sqlite(element: _WithRow, compiler: Any, **options: Any) -> str:
    value, row = (compiler.process(part, **_bare(options)) for part in element.clauses)
    return f"CAST({value} || {row} AS BLOB)"


@compiles(_WithRow, "postgresql")
def _with_row_postgresql(element: _WithRow, compiler: Any, **options: Any) -> str:
    value, row = (compiler.process(part, **_bare(options)) for part in element.clauses)
    return f"{value} || convert_to({row}, 'UTF8')"


def _bare(options: dict[str, Any]) -> dict[str, Any]:
    """The parts are no columns of the result by themselves."""
    return {
        name: value
        for name, value in options.items()
        if name not in ("add_to_result_map", "within_columns_clause")
    }


def secret_columns(table: Table) -> tuple[str, ...]:
    """The names of a table's encrypted columns."""
    return tuple(column.name for column in table.columns if isinstance(column.type, Secret))
