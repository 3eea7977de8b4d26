"""A word that stands both in the SQLite database and in a small file beside it, and changes every few minutes.

An older copy of the database, put back by hand under its old name, has a word that is accepted no longer.
"""

import os
import secrets
from pathlib import Path

from core.db.engine import Database


def accepted(database: Database) -> tuple[str, ...]:
    """The words beside the database: one, or two while one takes the other's place. None on PostgreSQL."""
    if not database.is_sqlite:
        return ()
    try:
        return tuple(_beside(database).read_text().split())
    except FileNotFoundError:
        return ()


def renew(database: Database, old: str) -> str:
    """A new word, accepted beside the old one from now on; '' on PostgreSQL. Raises OSError."""
    if not database.is_sqlite:
        return ""
    fresh = secrets.token_hex(8)
    keep(database, old, fresh)
    return fresh


def keep(database: Database, *words: str) -> None:
    """Accept these words and no others; whole or not at all. Raises OSError."""
    path = _beside(database)
    part = path.with_name(f"{path.name}.part")
    with part.open("w") as file:
        file.write("\n".join(word for word in words if word))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _beside(database: Database) -> Path:
    return database.path.with_name(f"{database.path.name}-sealed")
