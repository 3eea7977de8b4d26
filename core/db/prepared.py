"""Statements of the path that every text takes, planned once for each kind of database.

SQLAlchemy prepares a statement, and every row of an executemany, anew each time, at ten times the cost of the row
itself. Here the plan is made once, by SQLAlchemy: the words, which value goes where, and how its type is written and
read. SQLite runs a bulk statement row by row; PostgreSQL gets all rows as one JSON document, in one round trip.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    ClauseElement,
    CompoundSelect,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.db.types import UtcDateTime, among

Write = Callable[[Any], Any]
Read = Callable[[Any], Any]
Row = Mapping[str, Any]
AnySelect = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
ROWS = "rows_"


@dataclass(frozen=True)
class _Plan:
    sql: str
    values: Sequence[tuple[str, Write | None]]
    fixed: dict[str, Any]  # constants of the statement itself, as they are written
    as_document: bool  # PostgreSQL: values by name, many rows as one JSON document

    def parameters_of(self, row: Row) -> Any:
        """Of a statement that is run once: by name, or by position."""
        every = {**self.fixed, **row}
        if self.as_document:
            return {name: write(every[name]) if write else every[name] for name, write in self.values}
        return tuple([write(every[name]) if write else every[name] for name, write in self.values])

    def parameters(self, rows: Sequence[Row], shared: Collection[str]) -> Any:
        values = [(name, cache(write) if write and name in shared else write) for name, write in self.values]
        if self.as_document:
            named = [
                {name: write(row[name]) if write else row[name] for name, write in values} for row in rows
            ]
            return {ROWS: json.dumps(named, default=_plain), **self.fixed}
        if self.fixed:
            rows = [{**self.fixed, **row} for row in rows]
        return [tuple([write(row[name]) if write else row[name] for name, write in values]) for row in rows]


def _plain(value: object) -> str:
    """As PostgreSQL reads it from a string."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"a {type(value).__name__} can't be written in bulk")


class Bulk:
    """`statement` with bind parameters named as the keys of its rows; an INSERT also needs its `columns`.

    `once`: the unique column that makes an INSERT leave alone what is there already. `shared`: columns whose equal
    values are written once for all rows; an encrypted one then shows that they are equal. No two rows of an UPDATE may
    meet the same record: PostgreSQL would change it once.
    """

    def __init__(
        self,
        statement: Insert | Update,
        columns: Sequence[str] = (),
        once: str = "",
        shared: Collection[str] = (),
    ) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._once = once
        self._shared = shared
        self._plans: dict[Dialect, _Plan] = {}

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute it for each row; how many records were written. Raises KeyError for a row that lacks a value."""
        if not rows:
            return 0
        dialect = session.connection().dialect
        if dialect not in self._plans:
            make = _plan_document if dialect.name == "postgresql" else _plan_rows
            self._plans[dialect] = make(self._statement, self._columns, self._once, dialect)
        plan = self._plans[dialect]
        parameters = plan.parameters(rows, self._shared)
        return int(execute(session, plan.sql, parameters, many=not plan.as_document).rowcount)


def execute(session: Session, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """The driver's cursor after the call. Raises what SQLAlchemy would, without the values in the message."""
    connection = session.connection()
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(error, connection.dialect, sql) from error
    return cursor


def _told(error: Exception, dialect: Dialect, sql: str = "") -> Exception:
    base: Any = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, base, hide_parameters=True, dialect=dialect)


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Commands inside are sent without waiting for one another (PostgreSQL's pipeline), and waited for at its end.

    Only for what is run for its effect: how many rows it met is not known here (-1). Raises as they would.
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "postgresql":
        yield
        return
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(error, connection.dialect) from error


class Command:
    """One statement with bind parameters named as its values, run for its effect."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._plans: dict[Dialect, _Plan] = {}

    def run(self, session: Session, **values: Any) -> Any:
        """The driver's cursor."""
        dialect = session.connection().dialect
        if dialect not in self._plans:
            self._plans[dialect] = _plan_one(self._statement, dialect)
        plan = self._plans[dialect]
        return execute(session, plan.sql, plan.parameters_of(values))


class Query(Command):
    """A SELECT with bind parameters named as the values it is asked with."""

    _statement: AnySelect

    def __init__(self, statement: AnySelect) -> None:
        super().__init__(statement)
        self._reads: dict[Dialect, list[Read | None]] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """All rows, each value as its column's type reads it."""
        found = self.run(session, **values).fetchall()
        dialect = session.connection().dialect
        if dialect not in self._reads:
            columns = self._statement.selected_columns
            self._reads[dialect] = [
                column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
            ]
        reads = self._reads[dialect]
        return [
            tuple([read(value) if read else value for read, value in zip(reads, row, strict=True)])
            for row in found
        ]


def _plan_one(statement: ClauseElement, dialect: Dialect) -> _Plan:
    compiled: Any = statement.compile(dialect=dialect)
    binds = compiled.bind_names
    writes = {name: _write(bind, dialect) if bind.required else None for bind, name in binds.items()}
    order = compiled.positiontup
    values = [(name, writes[name]) for name in order or writes]
    return _Plan(str(compiled), values, _constants(binds, dialect), as_document=order is None)


def _plan_rows(statement: Insert | Update, columns: list[str], once: str, dialect: Dialect) -> _Plan:
    if isinstance(statement, Insert) and once:
        statement = sqlite.insert(statement.table).on_conflict_do_nothing(index_elements=[once])
    compiled = statement.compile(dialect=dialect, column_keys=columns or None)
    writes = {
        name: _write(bind, dialect) if bind.required else None for bind, name in compiled.bind_names.items()
    }
    values = [(name, writes[name]) for name in compiled.positiontup or writes]
    return _Plan(str(compiled), values, _constants(compiled.bind_names, dialect), as_document=False)


def _plan_document(statement: Insert | Update, columns: list[str], once: str, dialect: Dialect) -> _Plan:
    plain = statement.compile(dialect=dialect, column_keys=columns or None)
    types = {name: bind.type for bind, name in plain.bind_names.items() if bind.required}
    compiled = _over_document(statement, types, once).compile(dialect=dialect)
    values = [(name, _write_plain(kind, dialect)) for name, kind in types.items()]
    constants = {bind: name for bind, name in compiled.bind_names.items() if name != ROWS}
    return _Plan(str(compiled), values, _constants(constants, dialect), as_document=True)


def _over_document(
    statement: Insert | Update, types: Mapping[str, TypeEngine[Any]], once: str
) -> Insert | Update:
    """The same statement, its values taken from a JSON document of rows."""
    columns = [column(name, _stored(kind)) for name, kind in types.items()]
    rows = func.json_to_recordset(bindparam(ROWS, type_=JSON)).table_valued(*columns)
    given = rows.render_derived(name="given", with_types=True)
    if isinstance(statement, Insert):
        build = postgresql.insert(statement.table)
        every = build.from_select(list(types), select(*given.c), include_defaults=False)
        return every.on_conflict_do_nothing(index_elements=[once]) if once else every

    def replace(part: Any, **_: Any) -> Any:
        return given.c[part.key] if _is_value(part) else None

    changed: Any = visitors.replacement_traverse(statement, {}, replace)  # type: ignore[call-overload]
    return cast(Update, changed)


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What the database sees of a type of ours."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _write_plain(kind: TypeEngine[Any], dialect: Dialect) -> Write | None:
    if isinstance(kind, UtcDateTime):
        return kind.bind_processor(dialect)
    if isinstance(kind, TypeDecorator):
        return lambda value: kind.process_bind_param(value, dialect)
    return None


def _is_value(part: Any) -> bool:
    return isinstance(part, BindParameter) and part.required


def _constants(binds: Mapping[BindParameter[Any], str], dialect: Dialect) -> dict[str, Any]:
    written = {name: (_write(bind, dialect), bind) for bind, name in binds.items() if not bind.required}
    return {name: write(bind.value) if write else bind.value for name, (write, bind) in written.items()}


def _write(bind: BindParameter[Any], dialect: Dialect) -> Write | None:
    if isinstance(bind.type, JSON):
        return json_text
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def json_text(value: Any) -> str:
    """A JSON document; the empty ones, which most are, without asking an encoder."""
    if not value and isinstance(value, list | dict):
        return "[]" if isinstance(value, list) else "{}"
    return json.dumps(value)


def lock_in_order(session: Session, table: Table, ids: Sequence[str]) -> None:
    """Lock these rows one after another (PostgreSQL): two who lock many in two orders would deadlock."""
    if ids and session.get_bind().dialect.name == "postgresql":
        _locks_of(table).run(session, ids=ids)


@cache
def _locks_of(table: Table) -> Command:
    wanted = select(table.c.id).where(among(table.c.id, "ids")).order_by(table.c.id)
    return Command(wanted.with_for_update(key_share=True))
