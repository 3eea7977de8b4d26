"""Who may send, and who is dead: proved by a lock that dies with its process, not by a clock.

SQLite: one scheduler holds a file lock; whoever gets it knows that every other one is gone. PostgreSQL: each
scheduler holds an advisory lock on a session of its own; a lock that can be taken belongs to nobody alive.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Protocol

from core.db.engine import Database


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


def lease_for(db: Database, owner: str) -> Lease:
    """The kind of lease that this database offers."""
    if db.is_sqlite:
        return FileLease(db.path.with_suffix(".scheduler.lock"))
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    # Loaded only where it is used: the driver is a tenth of a scheduler's memory.
    from core.db.session_lease import SessionLease

    return SessionLease(url, owner)
