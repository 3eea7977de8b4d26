"""Who may send, and who is dead: proved by a lock that dies with its process, not by a clock.

SQLite: one scheduler holds a file lock; whoever gets it knows that every other one is gone. PostgreSQL: each
scheduler holds an advisory lock on a session of its own; a lock that can be taken belongs to nobody alive.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Protocol

import psycopg

from core.db.engine import LIVELY, Database

ASK_EVERY_SECONDS = 0.25


class Lease(Protocol):
    """The right of one scheduler to send."""

    def acquire(self) -> bool:
        """Try to take it; True when held."""
        ...

    def held(self) -> bool:
        """Whether it is still held: asked before every claim."""
        ...

    def dead(self, owners: Iterable[str]) -> list[str]:
        """Which of these other owners live no more."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


class FileLease:
    """The one scheduler of an embedded database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        if self._file is not None:
            return True
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return True

    def held(self) -> bool:
        return self._file is not None

    def dead(self, owners: Iterable[str]) -> list[str]:
        return list(owners)

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class SessionLease:
    """One of several schedulers on PostgreSQL."""

    def __init__(self, url: str, owner: str) -> None:
        self._url = url
        self._owner = owner
        self._connection: psycopg.Connection | None = None
        self._asked_at = 0.0

    def acquire(self) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                connection = psycopg.connect(self._url, autocommit=True, **LIVELY)
                number = (_lock_number(self._owner),)
                taken = connection.execute("SELECT pg_try_advisory_lock(%s)", number).fetchone()
                if (
                    not taken or not taken[0]
                ):  # held by our own session that was cut off and is not yet given up
                    connection.close()
                    return False
                self._connection = connection
        except psycopg.Error:
            self._connection = None
            return False
        return True

    def held(self) -> bool:
        """Asks the server, a few times a second at most.

        A session that was cut off has lost its lock, and others take over its rows; the fence on every result keeps
        the moments between two questions harmless.
        """
        if self._connection is None:
            return False
        if time.monotonic() - self._asked_at < ASK_EVERY_SECONDS:
            return True
        self._asked_at = time.monotonic()
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._connection = None
            return False
        return True

    def dead(self, owners: Iterable[str]) -> list[str]:
        connection = self._connection
        return [] if connection is None else [owner for owner in owners if _is_free(connection, owner)]

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_free(connection: psycopg.Connection, owner: str) -> bool:
    number = (_lock_number(owner),)
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", number).fetchone()
    if row and row[0]:
        connection.execute("SELECT pg_advisory_unlock(%s)", number)
        return True
    return False


def _lock_number(owner: str) -> int:
    """A stable signed 64-bit number for an owner's name."""
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], "big", signed=True)


def lease_for(db: Database, owner: str) -> Lease:
    """The kind of lease that this database offers."""
    if db.is_sqlite:
        return FileLease(db.path.with_suffix(".scheduler.lock"))
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return SessionLease(url, owner)
