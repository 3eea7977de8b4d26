"""How a statement is put to the driver: its words, which value goes where, and how each is written.

Planned by SQLAlchemy for one kind of database; `core.db.prepared` keeps the plans and runs them.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import JSON, BindParameter, ClauseElement, Insert, Update, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.db.types import UtcDateTime

Write = Callable[[Any], Any]
Row = Mapping[str, Any]
ROWS = "rows_"


@dataclass(frozen=True)
class Plan:
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


def plan_one(statement: ClauseElement, dialect: Dialect, columns: Sequence[str] = ()) -> Plan:
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
    binds = compiled.bind_names
    writes = {name: _write(bind, dialect) if bind.required else None for bind, name in binds.items()}
    order = compiled.positiontup
    values = [(name, writes[name]) for name in order or writes]
    return Plan(str(compiled), values, _constants(binds, dialect), as_document=order is None)


def plan_rows(statement: Insert | Update, columns: list[str], once: Sequence[str], dialect: Dialect) -> Plan:
    if isinstance(statement, Insert) and once:
        statement = sqlite.insert(statement.table).on_conflict_do_nothing(index_elements=once)
    compiled = statement.compile(dialect=dialect, column_keys=columns or None)
    writes = {
        name: _write(bind, dialect) if bind.required else None for bind, name in compiled.bind_names.items()
    }
    values = [(name, writes[name]) for name in compiled.positiontup or writes]
    return Plan(str(compiled), values, _constants(compiled.bind_names, dialect), as_document=False)


def plan_document(
    statement: Insert | Update, columns: list[str], once: Sequence[str], dialect: Dialect
) -> Plan:
    plain = statement.compile(dialect=dialect, column_keys=columns or None)
    types = {name: bind.type for bind, name in plain.bind_names.items() if bind.required}
    compiled = _over_document(statement, types, once).compile(dialect=dialect)
    values = [(name, _write_plain(kind, dialect)) for name, kind in types.items()]
    constants = {bind: name for bind, name in compiled.bind_names.items() if name != ROWS}
    return Plan(str(compiled), values, _constants(constants, dialect), as_document=True)


def _over_document(
    statement: Insert | Update, types: Mapping[str, TypeEngine[Any]], once: Sequence[str]
) -> Insert | Update:
    """The same statement, its values taken from a JSON document of rows."""
    columns = [column(name, _stored(kind)) for name, kind in types.items()]
    rows = func.json_to_recordset(bindparam(ROWS, type_=JSON)).table_valued(*columns)
    given = rows.render_derived(name="given", with_types=True)
    if isinstance(statement, Insert):
        build = postgresql.insert(statement.table)
        every = build.from_select(list(types), select(*given.c), include_defaults=False)
        return every.on_conflict_do_nothing(index_elements=once) if once else every

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
