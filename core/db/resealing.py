"""Every blind index sealed anew under the newest key, in one transaction: all of them, or none.

What an index is of is not needed, and for a number that said STOP not known any more. A process that seals as before
would find nobody: only while nothing else works on the database.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

from core.db.engine import Database
from core.db.index_seals import LENGTH
from core.db.schema import metadata

AT_ONCE = 5_000
OF_A_CALL = "call:"  # core/flows/conversation/missed_calls.py
Change = Callable[[str], str]


def reseal(database: Database, becomes: str, alone: Callable[[], None]) -> dict[str, int]:
    """Indexes sealed anew, by table. `becomes`: the name of the seal that lies over them afterwards. `alone` raises
    where somebody works on the database after all: asked once nobody can begin to, since who starts proves its keys.
    """
    seals = database.keyring.seals
    was = seals.in_force

    def change(index: str) -> str:
        return seals.sealed(seals.unsealed(index, was), becomes)

    with database.engine.execution_options(luxe_write=True).connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("LOCK TABLE key_checks IN ACCESS EXCLUSIVE MODE"))
        alone()
        write = _in_place if database.is_sqlite else _by_value
        done = {table.name: write(connection, table, change) for table in _tables()}
        done["lead_calls"] = _in_effects(connection, change)
        done["job_marks"] = _in_marks(connection, change)
    seals.in_force = becomes
    return done


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if _blind(table)]


def _blind(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.info.get("blind")]


def _in_place(connection: Connection, table: Table, change: Change) -> int:
    driver: Any = connection.connection.driver_connection
    driver.create_function("luxe_resealed", 1, change, deterministic=True)
    return sum(
        connection.execute(
            table.update().where(func.length(column) == LENGTH).values({column: func.luxe_resealed(column)})
        ).rowcount
        for column in _blind(table)
    )


def _by_value(connection: Connection, table: Table, change: Change) -> int:
    return sum(
        connection.execute(
            text(
                f"UPDATE {table.name} SET {column.name} = changed.becomes FROM unnest(CAST(:was AS text[]),"  # noqa: S608
                f" CAST(:becomes AS text[])) AS changed(was, becomes) WHERE {table.name}.{column.name} = changed.was"
            ),
            {"was": list(values), "becomes": list(map(change, values))},
        ).rowcount
        for column in _blind(table)
        for values in _batches(connection, column)
    )


def _batches(connection: Connection, column: Column[Any]) -> Iterator[Sequence[str]]:
    found = connection.execute(select(column).where(func.length(column) == LENGTH).distinct()).scalars().all()
    yield from (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))


def _in_effects(connection: Connection, change: Change) -> int:
    """What a call that reached a wrong number closed, which taking it back opens again."""
    calls = metadata.tables["lead_calls"]
    wrong = select(calls.c.id, calls.c.effects).where(calls.c.outcome == "wrong_number")
    rows = [row for row in connection.execute(wrong) if row.effects.get("number")]
    for row in rows:
        effects = row.effects | {"number": change(row.effects["number"])}
        connection.execute(calls.update().where(calls.c.id == row.id).values(effects=effects))
    return len(rows)


def _in_marks(connection: Connection, change: Change) -> int:
    """Who has had today's text about a missed call."""
    marks = metadata.tables["job_marks"]
    names = connection.execute(select(marks.c.name).where(marks.c.name.startswith(OF_A_CALL))).scalars().all()
    for name in names:
        becomes = OF_A_CALL + change(name.removeprefix(OF_A_CALL))
        connection.execute(marks.update().where(marks.c.name == name).values(name=becomes))
    return len(names)
