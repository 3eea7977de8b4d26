"""Hear that the database changed, at once and cheaply, in a thread of its own.

SQLite: `PRAGMA data_version` on a connection of its own changes with every commit of any other connection (about
5 microseconds a look). Who waits for due work is told by a datagram as well, and looks much less often. PostgreSQL:
LISTEN on a channel that writers notify.
"""

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import structlog

from core.db.engine import CHANGES, DUE, LIVELY, Database

log = structlog.get_logger(__name__)
RECONNECT_SECONDS = 1.0
LOOK_SECONDS = 0.05
LOOK_WHEN_TOLD_SECONDS = 0.5  # a datagram may get lost, or its writer run where it can't reach us


class ChangeWatcher:
    """Calls `on_change` from its own thread after each commit, and once after every (re)connection.

    On channel DUE it may also call when nothing is due: whoever asks, looks.
    """

    def __init__(
        self,
        db: Database,
        on_change: Callable[[], None],
        *,
        channel: str = CHANGES,
        interval: float = LOOK_SECONDS,
    ) -> None:
        """`interval` is the pause in seconds between two looks at SQLite, where no datagram tells."""
        self._db = db
        self._interval = interval
        self._on_change = on_change
        self._channel = channel
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{channel}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        watch = self._listen
        if self._db.is_sqlite:
            watch = self._hear if self._channel == DUE else self._poll
        while not self._stopping.is_set():
            try:
                watch()
            except (sqlite3.Error, OSError) as error:
                log.warning("watch_lost", error=type(error).__name__)
                self._stopping.wait(RECONNECT_SECONDS)

    def _poll(self) -> None:
        with contextlib.closing(self._connect()) as connection:
            self._look(connection, lambda: self._stopping.wait(self._interval))

    def _hear(self) -> None:
        path = self._db.wake_path
        path.unlink(missing_ok=True)  # of a process that was killed; only the holder of the lease comes here
        with (
            contextlib.closing(self._connect()) as connection,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
        ):
            ear.bind(str(path))
            ear.settimeout(LOOK_WHEN_TOLD_SECONDS)
            self._look(connection, lambda: self._wait_for_word(ear))

    def _wait_for_word(self, ear: socket.socket) -> None:
        with contextlib.suppress(TimeoutError):
            ear.recv(1)
            self._on_change()

    def _look(self, connection: sqlite3.Connection, wait: Callable[[], object]) -> None:
        seen = None
        while not self._stopping.is_set():
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                self._on_change()
            wait()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._db.path, isolation_level=None)

    def _listen(self) -> None:
        """Raises ConnectionError."""
        import psycopg

        try:
            self._listen_with(psycopg.connect)
        except psycopg.Error as error:
            raise ConnectionError(type(error).__name__) from error

    def _listen_with(self, connect: Callable[..., Any]) -> None:
        url = self._db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with connect(url, autocommit=True, **LIVELY) as connection:
            connection.execute(f"LISTEN {self._channel}")
            self._on_change()
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    self._on_change()
