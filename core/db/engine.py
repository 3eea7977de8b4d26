"""The database: SQLite in WAL mode, or PostgreSQL through psycopg 3. The same tables and statements on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from core.db.crypto import Keyring

CHANGES = "luxe_changes"
DUE = "luxe_due"
BUSY_TIMEOUT_MS = 15_000


class Database:
    """Sessions on one engine. `write()` takes the write lock at once, so that a decision read in it stays true."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self._readers = sessionmaker(engine, expire_on_commit=False)
        self._writers = sessionmaker(engine.execution_options(luxe_write=True), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path:
        """The SQLite file. Raises ValueError on PostgreSQL."""
        if not self.is_sqlite or not self.engine.url.database:
            raise ValueError("only the embedded database has a file")
        return Path(self.engine.url.database)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one snapshot and never commits."""
        with self._readers() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: commits when the block ends, rolls back when it raises."""
        with self._writers.begin() as session:
            yield session
            announce(session, CHANGES)

    def blind(self, purpose: str, value: str) -> str:
        return self.keyring.blind(purpose, value)


def announce(session: Session, channel: str) -> None:
    """Tell listeners at commit (PostgreSQL). SQLite's listeners watch `data_version` and need no word."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


def connect(url: str, keyring: Keyring, *, pool_size: int = 10) -> Database:
    """Open a database. Creates the folder of a SQLite file, never a schema."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(url, pool_size)
    else:
        engine = create_engine(url, **_options(pool_size), pool_pre_ping=True)
    engine.dialect.luxe_keyring = keyring  # type: ignore[attr-defined]
    return Database(engine, keyring)


def _options(pool_size: int) -> dict[str, Any]:
    # An error message with its parameters would carry a patient's words into a log.
    return {"pool_size": pool_size, "max_overflow": pool_size, "hide_parameters": True}


def _sqlite(url: str, pool_size: int) -> Engine:
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **_options(pool_size))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is deferred: two writers that both read first would then fail with 'database is
    # locked' without waiting. We begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("luxe_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
