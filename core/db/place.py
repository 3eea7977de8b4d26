"""Where a database is: something that stays while it is used, and differs in every copy of it.

SQLite: the file's path and inode. The device is left out on purpose: its number may change when a machine starts
anew, and a clinic's texts must not wait for that. PostgreSQL: the server's own identity, its timeline (a standby
that was promoted, a recovery to a moment in time), the database, and one table's identity, because a dump that is put
back into the same database makes its tables anew.
"""

import os

from sqlalchemy import text

from core.db.engine import Database

_POSTGRESQL = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT timeline_id FROM pg_control_checkpoint()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " to_regclass('timed_actions')::oid"
)


def place_of(database: Database) -> str:
    """The place in words that only a machine compares. Raises OSError where the file is gone."""
    if database.is_sqlite:
        path = database.path.resolve()
        return f"{path}:{os.stat(path).st_ino}"
    with database.engine.connect() as connection:
        return ":".join(str(part) for part in connection.execute(_POSTGRESQL).one())
