"""Hear that the database changed, at once and cheaply, in a thread of its own.

SQLite: `PRAGMA data_version` on a connection of its own changes with every commit of any other connection (about
5 microseconds a look). PostgreSQL: LISTEN on a channel that writers notify.
"""

import sqlite3
import threading
from collections.abc import Callable

import psycopg
import structlog

from core.db.engine import CHANGES, Database

log = structlog.get_logger(__name__)
RECONNECT_SECONDS = 1.0


class ChangeWatcher:
    """Calls `on_change` from its own thread after each commit, and once after every (re)connection."""

    def __init__(
        self, db: Database, on_change: Callable[[], None], *, channel: str = CHANGES, interval: float = 0.05
    ) -> None:
        """`interval` is the pause in seconds between two looks at SQLite."""
        self._db = db
        self._on_change = on_change
        self._channel = channel
        self._interval = interval
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{channel}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        watch = self._poll if self._db.is_sqlite else self._listen
        while not self._stopping.is_set():
            try:
                watch()
            except (sqlite3.Error, psycopg.Error) as error:
                log.warning("watch_lost", error=type(error).__name__)
                self._stopping.wait(RECONNECT_SECONDS)

    def _poll(self) -> None:
        connection = sqlite3.connect(self._db.path, isolation_level=None)
        try:
            seen = None
            while not self._stopping.is_set():
                version = connection.execute("PRAGMA data_version").fetchone()[0]
                if version != seen:
                    seen = version
                    self._on_change()
                self._stopping.wait(self._interval)
        finally:
            connection.close()

    def _listen(self) -> None:
        url = self._db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {self._channel}")
            self._on_change()
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    self._on_change()
