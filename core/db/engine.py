"""The database: SQLite in WAL mode, or PostgreSQL through psycopg 3. The same tables and statements on both."""

import contextlib
import hashlib
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker

from core.db.crypto import Keyring
from core.db.data_keys import MEMO, DataKeys
from core.db.driver import execute

CHANGES = "luxe_changes"
DUE = "luxe_due"
PART = "luxe_part"
BUSY_TIMEOUT_MS = 15_000
TRUSTED_SECONDS = 1.0
LONGEST_SOCKET_PATH = 100
# A line that went silent is given up after seconds; TCP by itself would wait for a quarter of an hour (libpq's names).
LIVELY: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
    # The server's side of the same: else a session that is cut off keeps its locks for hours, and one whose process
    # was stopped in mid-transaction keeps them for good.
    "options": " ".join(
        f"-c {name}"
        for name in (
            "tcp_keepalives_idle=5",
            "tcp_keepalives_interval=2",
            "tcp_keepalives_count=3",
            "tcp_user_timeout=8000",
            "idle_in_transaction_session_timeout=15000",
        )
    ),
}


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

    @property
    def wake_path(self) -> Path:
        """Where the scheduler of a SQLite file hears that something is due soon. Raises ValueError on PostgreSQL."""
        beside = self.path.with_suffix(".wake")
        if len(os.fsencode(beside)) < LONGEST_SOCKET_PATH:
            return beside
        name = hashlib.sha256(os.fsencode(self.path.absolute())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"luxe-{os.getuid()}-{name}.wake"

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
        if self.is_sqlite and session.info.pop(DUE, False):
            self._wake_scheduler()

    def _wake_scheduler(self) -> None:
        """No scheduler, or one that can't be reached from here: it looks by itself a moment later."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
            mouth.setblocking(False)
            mouth.sendto(b"!", str(self.wake_path))

    def within(self, session: Session) -> "Database":
        """This database for a story that is a part of `session`'s transaction: what it writes is a savepoint there."""
        return _Within(self.engine, self.keyring, session)

    def blind(self, purpose: str, value: str) -> str:
        return self.keyring.blind(purpose, value)


class _Within(Database):
    """Undone where its block raises, committed and announced with the transaction that it belongs to."""

    def __init__(self, engine: Engine, keyring: Keyring, session: Session) -> None:
        super().__init__(engine, keyring)
        self._session = session

    @contextmanager
    def read(self) -> Iterator[Session]:
        yield self._session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with savepoint(self._session):
            yield self._session


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """A part of `session`'s transaction that is undone by itself where the block raises; may hold another.

    Said to the driver: every form has one, the session has no objects that would have to be put back, and its own
    savepoints cost five times as much.
    """
    execute(session, f"SAVEPOINT {PART}", ())
    try:
        yield
    except BaseException:
        session.info.pop(MEMO, None)  # a key that was made in it is gone: nothing may be written under it
        execute(session, f"ROLLBACK TO SAVEPOINT {PART}", ())
        execute(session, f"RELEASE SAVEPOINT {PART}", ())
        raise
    execute(session, f"RELEASE SAVEPOINT {PART}", ())


def announce(session: Session, channel: str) -> None:
    """Tell listeners at commit. SQLite's watch `data_version` and need no word, but for the one who waits for DUE."""
    session.info[channel] = True
    if session.get_bind().dialect.name == "postgresql":
        execute(session, "SELECT pg_notify(%(channel)s, '')", {"channel": channel})


def connect(url: str, keyring: Keyring, *, pool_size: int = 10) -> Database:
    """Open a database. Creates the folder of a SQLite file, never a schema."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(url, pool_size)
    else:
        engine = create_engine(url, **_options(pool_size), connect_args=LIVELY)
        event.listen(engine, "checkout", partial(_look_whether_it_lives, engine))
        event.listen(engine, "checkin", _note_the_time)
    engine.dialect.luxe_keyring = keyring  # type: ignore[attr-defined]
    engine.dialect.luxe_data_keys = DataKeys(keyring, _beside(url))  # type: ignore[attr-defined]
    return Database(engine, keyring)


def _beside(url: str) -> Engine:
    """A connection for data keys alone: one that waited for the pool of those who wait for it would wait for ever."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, 1)
    return create_engine(
        url, pool_size=1, max_overflow=0, hide_parameters=True, pool_pre_ping=True, connect_args=LIVELY
    )


def _look_whether_it_lives(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that lay idle may be dead; one that was used a moment ago needs no question more."""
    if time.monotonic() - record.info.get("used_at", 0.0) < TRUSTED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _note_the_time(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _options(pool_size: int) -> dict[str, Any]:
    # An error message with its parameters would carry a patient's words into a log.
    # What was used last is used next: one page cache stays warm, instead of a cold one in every connection of the pool.
    return {"pool_size": pool_size, "max_overflow": pool_size, "pool_use_lifo": True, "hide_parameters": True}


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
        # What is deleted is overwritten: a key that was forgotten must not be left in the file.
        "secure_delete=ON",
        "foreign_keys=ON",
        "cache_size=-8000",
        # What a savepoint would undo is kept in memory: past 64 KB it would go through a file, and every form has one.
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("luxe_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
