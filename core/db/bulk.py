"""One statement for many rows, planned once for each kind of database.

SQLAlchemy prepares every row of an executemany anew, at several times the cost of the row itself. Where texts leave
by the hundred a second the plan of a statement is made once: which value goes where, and how its type is written.
SQLite runs it row by row; PostgreSQL gets all rows as one JSON document in one statement, one round trip.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    Insert,
    Table,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.db.types import UtcDateTime, among

Write = Callable[[Any], Any]
Row = Mapping[str, Any]
ROWS = "rows_"


@dataclass(frozen=True)
class _Plan:
    sql: str
    values: Sequence[tuple[str, Write | None]]
    fixed: dict[str, Any]  # constants of the statement itself, as they are written
    as_document: bool

    def parameters(self, rows: Sequence[Row]) -> Any:
        if self.as_document:
            return {ROWS: json.dumps([self._named(row) for row in rows], default=_plain), **self.fixed}
        return [self._in_order({**self.fixed, **row}) for row in rows]

    def _named(self, row: Row) -> dict[str, Any]:
        return {name: write(row[name]) if write else row[name] for name, write in self.values}

    def _in_order(self, row: Row) -> tuple[Any, ...]:
        return tuple([write(row[name]) if write else row[name] for name, write in self.values])


def _plain(value: object) -> str:
    """As PostgreSQL reads it from a string."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"a {type(value).__name__} can't be written in bulk")


class Bulk:
    """`statement` with bind parameters named as the keys of its rows; an INSERT also needs its `columns`.

    No two rows may meet the same record: PostgreSQL would change it once.
    """

    def __init__(self, statement: Insert | Update, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._plans: dict[Dialect, _Plan] = {}

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each row. Raises KeyError for a row that lacks a value."""
        if not rows:
            return
        connection = session.connection()
        dialect = connection.dialect
        if dialect not in self._plans:
            make = _plan_document if dialect.name == "postgresql" else _plan_rows
            self._plans[dialect] = make(self._statement, self._columns, dialect)
        plan = self._plans[dialect]
        connection.exec_driver_sql(plan.sql, plan.parameters(rows))


def _plan_rows(statement: Insert | Update, columns: list[str], dialect: Dialect) -> _Plan:
    compiled = statement.compile(dialect=dialect, column_keys=columns or None)
    writes = {
        name: _write(bind, dialect) if bind.required else None for bind, name in compiled.bind_names.items()
    }
    values = [(name, writes[name]) for name in compiled.positiontup or writes]
    return _Plan(str(compiled), values, _constants(compiled.bind_names, dialect), as_document=False)


def _plan_document(statement: Insert | Update, columns: list[str], dialect: Dialect) -> _Plan:
    plain = statement.compile(dialect=dialect, column_keys=columns or None)
    types = {name: bind.type for bind, name in plain.bind_names.items() if bind.required}
    compiled = _over_document(statement, types).compile(dialect=dialect)
    values = [(name, _write_plain(kind, dialect)) for name, kind in types.items()]
    constants = {bind: name for bind, name in compiled.bind_names.items() if name != ROWS}
    return _Plan(str(compiled), values, _constants(constants, dialect), as_document=True)


def _over_document(statement: Insert | Update, types: Mapping[str, TypeEngine[Any]]) -> Insert | Update:
    """The same statement, its values taken from a JSON document of rows."""
    columns = [column(name, _stored(kind)) for name, kind in types.items()]
    rows = func.json_to_recordset(bindparam(ROWS, type_=JSON)).table_valued(*columns)
    given = rows.render_derived(name="given", with_types=True)
    if isinstance(statement, Insert):
        return insert(statement.table).from_select(list(types), select(*given.c), include_defaults=False)

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
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def lock_in_order(session: Session, table: Table, ids: Sequence[str]) -> None:
    """Lock these rows one after another (PostgreSQL): two who lock many in two orders would deadlock."""
    if ids and session.get_bind().dialect.name == "postgresql":
        wanted = select(table.c.id).where(among(table.c.id, "ids")).order_by(table.c.id)
        session.execute(wanted.with_for_update(), {"ids": ids})
