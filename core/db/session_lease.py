"""The lease of one of several schedulers: an advisory lock that lives as long as a session of PostgreSQL."""

import hashlib
import time
from collections.abc import Iterable

import psycopg

from core.db.engine import LIVELY

ASK_EVERY_SECONDS = 0.25


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
