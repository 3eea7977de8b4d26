"""Bring a database to the schema of this code, safely when several processes start at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from core.db.engine import Database
from core.db.key_check import has_check, prove, write_check

# Any fixed number: it names this lock among the advisory locks of the database.
LOCK = 0x6C757865


@dataclass(frozen=True)
class SchemaState:
    """`current` is the database's revision ('' before the first migration), `wanted` this code's."""

    current: str
    wanted: str

    @property
    def ready(self) -> bool:
        return self.current == self.wanted


def migrate(database: Database) -> SchemaState:
    """Run what is missing; the state afterwards. A second process waits for the first and finds nothing to do.

    Raises SettingsError where the database was written with other keys, before anything is changed.
    """
    return _moved(database, command.upgrade, "head", bind=True)


def take_back(database: Database, revision: str) -> SchemaState:
    """Go back to the schema of an older version; what only newer ones know is lost. The state afterwards."""
    return _moved(database, command.downgrade, revision)


def _moved(
    database: Database, move: Callable[[Config, str], None], revision: str, *, bind: bool = False
) -> SchemaState:
    """`bind` the database to these keys, where it is bound to none yet."""
    with _alone(database) as connection:
        prove(connection, database.keyring)
        config = alembic_config()
        config.attributes["connection"] = connection
        move(config, revision)
        _look_at_references(connection)
        if bind and not has_check(connection):
            write_check(connection, database.keyring)
        return _state(connection)


def schema_state(database: Database) -> SchemaState:
    """Where the database stands. Raises OperationalError where it can't be reached."""
    with database.engine.connect() as connection:
        return _state(connection)


def _state(connection: Connection) -> SchemaState:
    current = MigrationContext.configure(connection).get_current_revision()
    return SchemaState(current or "", _wanted())


def is_known(revision: str) -> bool:
    """Whether this code can bring a database from there to its own schema; a newer version's it has never heard of."""
    return any(
        found.revision == revision for found in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    )


def _wanted() -> str:
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def alembic_config() -> Config:
    """Alembic's configuration without a file; set `attributes["connection"]` before a command."""
    config = Config()
    config.set_main_option("script_location", "core.db:migrations")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """One transaction that no other migration runs beside: the write lock of SQLite, an advisory lock of PostgreSQL."""
    engine = database.engine.execution_options(luxe_write=True)
    with engine.connect() as connection, _tables_may_be_made_anew(connection), connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a constraint by copying the table and dropping the old one, which would take what refers to it.

    Its own procedure switches the references off meanwhile (possible outside a transaction only); each is looked
    at before the commit.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _look_at_references(connection: Connection) -> None:
    """Raises RuntimeError, which takes the migration back, where a row refers to one that is gone."""
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken:
            raise RuntimeError(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")
