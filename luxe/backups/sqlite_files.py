"""A backup of SQLite: a copy of the file without data keys, and without anything that was ever deleted from it."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from core.db.crypto import Keyring
from core.db.data_keys import keys_of_dialect
from core.db.engine import Database, connect
from luxe.backups.sampling import Spread, Stored, secret_columns
from luxe.opening import CommandError

READ = 1 << 20


def copy_without_keys(source: Path, target: Path) -> None:
    """One consistent state, however busy the database is, into an empty file.

    VACUUM copies rows, not pages: what was deleted before, keys of people who were forgotten too, is left behind. What
    we then delete ourselves is overwritten.
    """
    with contextlib.closing(_open(source)) as from_:
        from_.execute("VACUUM INTO ?", (str(target),))
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        if _tables(copy) & {"data_keys"}:
            copy.execute("DELETE FROM data_keys")


def copy(source: Path, target: Path) -> None:
    """All of `source` in the place of all of `target`, in one transaction of SQLite's own."""
    with contextlib.closing(_open(source)) as from_, contextlib.closing(sqlite3.connect(target)) as to:
        from_.backup(to)


@contextlib.contextmanager
def opened(path: Path, keyring: Keyring) -> Iterator[Database]:
    """A file as a database of ours; afterwards nothing lies beside it."""
    database = connect(f"sqlite:///{path.resolve()}", keyring)
    try:
        yield database
    finally:
        database.engine.dispose()
        keys_of_dialect(database.engine.dialect)._engine.dispose()
        remove(path, but_itself=True)


def remove(path: Path, *, but_itself: bool = False) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    if not but_itself:
        path.unlink(missing_ok=True)


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ):
            yield piece


def check(path: Path, name: Path) -> str:
    """The schema of a plain copy of `name`. Raises CommandError where it is damaged, or is something else."""
    try:
        with contextlib.closing(_open(path)) as file:
            verdict = file.execute("PRAGMA integrity_check").fetchone()[0]
            tables = _tables(file)
            found = (
                file.execute("SELECT version_num FROM alembic_version").fetchone()
                if "alembic_version" in tables
                else None
            )
    except sqlite3.DatabaseError as error:
        raise CommandError(f"{name} is no backup of ours: {error}.") from error
    if verdict != "ok":
        raise CommandError(f"{name} is damaged: {verdict}.")
    if "patients" not in tables or found is None:
        raise CommandError(f"{name} is a database, but not one of ours.")
    return str(found[0])


def sample(path: Path) -> list[Stored]:
    """Values spread over every table and encrypted column that the file has."""
    with contextlib.closing(_open(path)) as file:
        return [
            value
            for table, names in secret_columns().items()
            for name in names
            if {name, "id"} <= _columns(file, table)  # else an earlier version's table
            for value in _of_column(file, table, name)
        ]


def _of_column(file: sqlite3.Connection, table: str, name: str) -> Iterator[Stored]:
    spread = Spread[str]()
    for (row_id,) in file.execute(f'SELECT id FROM "{table}" WHERE "{name}" IS NOT NULL'):  # noqa: S608
        spread.offer(row_id)
    for row_id in spread.items():
        statement = f'SELECT "{name}" FROM "{table}" WHERE id = ?'  # noqa: S608
        yield Stored(table, name, row_id, bytes(file.execute(statement, (row_id,)).fetchone()[0]))


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _tables(file: sqlite3.Connection) -> set[str]:
    return {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _columns(file: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in file.execute(f'PRAGMA table_info("{table}")')}
