"""One statement for many rows, compiled once for each kind of database.

SQLAlchemy prepares every row of an executemany anew, at several times the cost of the row itself. Where texts leave
by the hundred a second, the plan of a statement is made once: which value goes where, and how its type is written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Insert, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

Write = Callable[[Any], Any]


@dataclass(frozen=True)
class _Plan:
    sql: str
    fixed: Mapping[str, Any]  # constants of the statement itself, as they are written
    values: Sequence[tuple[str, Write | None]]
    by_position: bool

    def of(self, row: Mapping[str, Any]) -> Any:
        every = {**self.fixed, **row}
        if self.by_position:
            return tuple([write(every[name]) if write else every[name] for name, write in self.values])
        return {name: write(every[name]) if write else every[name] for name, write in self.values}


class Bulk:
    """`statement` with bind parameters named as the keys of its rows; an INSERT also needs its `columns`."""

    def __init__(self, statement: Insert | Update | Delete, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._plans: dict[Dialect, _Plan] = {}

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it once for each row, in order. Raises KeyError for a row that lacks a value."""
        if not rows:
            return
        connection = session.connection()
        plan = self._plans.get(connection.dialect) or self._compile(connection.dialect)
        connection.exec_driver_sql(plan.sql, [plan.of(row) for row in rows])

    def _compile(self, dialect: Dialect) -> _Plan:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        fixed: dict[str, Any] = {}
        writes: dict[str, Write | None] = {}
        for bind, name in compiled.bind_names.items():
            write = bind.type.dialect_impl(dialect).bind_processor(dialect)
            writes[name] = write if bind.required else None
            if not bind.required:
                fixed[name] = write(bind.value) if write else bind.value
        order = compiled.positiontup
        values = [(name, writes[name]) for name in order or writes]
        plan = _Plan(str(compiled), fixed, values, by_position=order is not None)
        self._plans[dialect] = plan
        return plan
