"""Statements of the path that every text and every form takes, planned once for each kind of database.

SQLAlchemy prepares a statement, and every row of an executemany, anew each time, at ten times the cost of the row
itself. Here the plan is made once, by SQLAlchemy (`core.db.plans`). SQLite runs a bulk statement row by row; PostgreSQL
gets all rows as one JSON document, in one round trip.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ClauseElement,
    Column,
    CompoundSelect,
    Connection,
    Insert,
    Select,
    Table,
    Update,
    UpdateBase,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from core.db.data_keys import keys_of_dialect
from core.db.driver import call, told
from core.db.encrypted import Secret, key_of
from core.db.plans import Plan, Row, plan_document, plan_one, plan_rows
from core.db.sealing import sealed_change, sealed_rows
from core.db.types import among

Read = Callable[[Any], Any]
AnyRows = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | UpdateBase


class Bulk:
    """`statement` with bind parameters named as the keys of its rows; an INSERT also needs its `columns`.

    `once`: the unique columns that make an INSERT leave alone what is there already. `shared`: columns whose equal
    values are written once for all rows; an encrypted one then shows that they are equal. No two rows of an UPDATE may
    meet the same record: PostgreSQL would change it once.
    """

    def __init__(
        self,
        statement: Insert | Update,
        columns: Sequence[str] = (),
        once: Sequence[str] = (),
        shared: Collection[str] = (),
    ) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._once = once
        self._shared = shared
        self._plans: dict[Dialect, Plan] = {}

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute it for each row; how many records were written. Raises KeyError for a row that lacks a value."""
        if not rows:
            return 0
        if isinstance(self._statement, Insert):
            rows = sealed_rows(session, cast(Table, self._statement.table), rows)
        connection = session.connection()
        dialect = connection.dialect
        if dialect not in self._plans:
            make = plan_document if dialect.name == "postgresql" else plan_rows
            self._plans[dialect] = make(self._statement, self._columns, self._once, dialect)
        plan = self._plans[dialect]
        parameters = plan.parameters(rows, self._shared)
        return int(call(connection, plan.sql, parameters, many=not plan.as_document).rowcount)


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
        raise told(error, connection.dialect) from error


class Command:
    """One statement with bind parameters named as its values, run for its effect."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._plans: dict[Dialect, Plan] = {}

    def run(self, session: Session, **values: Any) -> Any:
        """The driver's cursor."""
        return self._run(session.connection(), values)

    def _run(self, connection: Connection, values: Row) -> Any:
        dialect = connection.dialect
        if dialect not in self._plans:
            self._plans[dialect] = self._plan(dialect)
        plan = self._plans[dialect]
        return call(connection, plan.sql, plan.parameters_of(values))

    def _plan(self, dialect: Dialect) -> Plan:
        return plan_one(self._statement, dialect)


class InsertOne(Command):
    """One row into `table`, its values by column: one that is not given takes its default, or stays empty.

    `returning`: what the cursor then brings, as the driver reads it.
    """

    def __init__(self, table: Table, returning: Sequence[Column[Any]] = ()) -> None:
        statement = insert(table)
        super().__init__(statement.returning(*returning) if returning else statement)
        self._table = table
        self._defaults = {
            c.name: cast(Any, c.default).arg if c.default else None for c in table.c if not c.identity
        }

    def run(self, session: Session, **values: Any) -> Any:
        """The driver's cursor. Raises KeyError for a column that the table does not have."""
        if unknown := values.keys() - self._defaults.keys():
            raise KeyError(*unknown)
        [row] = sealed_rows(session, self._table, [values])
        return self._run(session.connection(), {**self._defaults, **row})

    def _plan(self, dialect: Dialect) -> Plan:
        return plan_one(self._statement, dialect, list(self._defaults))


class UpdateOne:
    """Set columns of the row of `table` with an id: planned once for each set of columns, and these are few."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = frozenset(table.c.keys())
        self._statement = update(table).where(table.c.id == bindparam("of_"))
        self._plans: dict[tuple[Dialect, tuple[str, ...]], Plan] = {}

    def run(self, session: Session, id_: str, **values: Any) -> None:
        """Plain values only. Raises KeyError for a column that the table does not have."""
        connection = session.connection()
        key = (connection.dialect, tuple(values))
        if key not in self._plans:
            if unknown := values.keys() - self._columns:
                raise KeyError(*unknown)
            self._plans[key] = plan_one(self._statement, connection.dialect, tuple(values))
        plan = self._plans[key]
        row = sealed_change(session, self._table, id_, values)
        call(connection, plan.sql, plan.parameters_of({**row, "of_": id_}))


class Query(Command):
    """A SELECT, or a change with RETURNING, with bind parameters named as the values it is asked with."""

    _statement: AnyRows

    def __init__(self, statement: AnyRows) -> None:
        super().__init__(statement)
        self._reads: dict[Dialect, list[Read | None]] = {}
        self._secrets: dict[Dialect, list[int]] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """All rows, each value as its column's type reads it."""
        connection = session.connection()
        found = self._run(connection, values).fetchall()
        dialect = connection.dialect
        if dialect not in self._reads:
            columns = list(self._statement.exported_columns)
            self._secrets[dialect] = [at for at, one in enumerate(columns) if isinstance(one.type, Secret)]
            self._reads[dialect] = [
                column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
            ]
        reads = self._reads[dialect]
        if places := self._secrets[dialect]:
            stored = (row[place] for row in found for place in places)
            keys_of_dialect(dialect).know(connection, {key for value in stored if (key := key_of(value))})
        return [
            tuple([read(value) if read else value for read, value in zip(reads, row, strict=True)])
            for row in found
        ]


def lock_in_order(session: Session, table: Table, ids: Sequence[str]) -> None:
    """Lock these rows one after another (PostgreSQL): two who lock many in two orders would deadlock."""
    if ids and session.get_bind().dialect.name == "postgresql":
        _locks_of(table).run(session, ids=ids)


@cache
def _locks_of(table: Table) -> Command:
    wanted = select(table.c.id).where(among(table.c.id, "ids")).order_by(table.c.id)
    return Command(wanted.with_for_update(key_share=True))
