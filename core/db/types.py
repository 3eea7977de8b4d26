"""Column types: UTC moments that refuse naive values, identifiers, blind indexes, lists as one parameter."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    String,
    bindparam,
    literal_column,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

from core.db.crypto import Keyring


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive value raises ValueError before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _as_text if dialect.name == "sqlite" else _as_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        return _from_text if dialect.name == "sqlite" else _as_utc


def _as_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a naive datetime was given where an aware one is needed")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    moment = _as_utc(value)
    return _utc_text(moment) if moment else None


@lru_cache(maxsize=512)  # one transaction writes the same moment into many rows
def _utc_text(moment: datetime) -> str:
    """2026-11-23 15:00:00.000000, as SQLAlchemy's own type writes it: these sort as they follow each other."""
    return moment.isoformat(" ", "microseconds")[:26]


def _from_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value else None


def keyring_of(dialect: Dialect) -> Keyring:
    """The keyring that `core.db.engine.connect` bound to this engine."""
    keyring: Keyring = dialect.luxe_keyring  # type: ignore[attr-defined]
    return keyring


def id_column(name: str = "id") -> Column[str]:
    """A primary key made by `core.domain.ids.new_id`."""
    return Column(name, String(36), primary_key=True)


BLIND = {
    "blind": True
}  # marks a column of blind indexes: they are sealed anew together (`core.db.resealing`)


def blind_column(name: str, **options: Any) -> Column[str]:
    """A blind index made by `Keyring.blind`."""
    return Column(name, String(32), info=BLIND, **options)


def blind(session: Session, purpose: str, value: str) -> str:
    """The blind index of `value` under this database's keys.

    Purposes: phone, email, name_birth, external_id, payload.
    """
    return keyring_of(session.get_bind().dialect).blind(purpose, value)


def derived_key(session: Session, purpose: str) -> bytes:
    """A key of this database for one purpose, made from its others: nothing more is kept anywhere."""
    return keyring_of(session.get_bind().dialect).derived(purpose)


def is_word(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """`column = 'word'` with the word written out, for words of ours only.

    SQLite takes a partial index only where it reads the same word in the statement; a bound one it can't see, and
    every claim would walk through all that is pending.
    """
    return column == literal_column(f"'{word}'")


class _Listed(TypeDecorator[list[str]]):
    """Identifiers as one parameter: a JSON array."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return json.dumps(value or [])


class _Among(FunctionElement[Any]):
    # Typed as a truth value it would be written `(...) = 1` for SQLite, which then uses no index.
    type = NullType()
    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column` is one of the strings of parameter `name`, a list: always the same statement, however long that is."""
    return _Among(column, bindparam(name, type_=_Listed()))


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY (ARRAY(SELECT json_array_elements_text(CAST({values} AS json))))"
