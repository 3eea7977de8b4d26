"""Where a database is: something that stays while it is used, and differs in every copy of it.

SQLite: the file's path and inode. The device is left out on purpose: its number may change when a machine starts
anew, and a clinic's texts must not wait for that. PostgreSQL: the server's own identity, its timeline (a standby
that was promoted, a recovery to a moment in time), the database, and one table's identity, because a dump that is put
back into the same database makes its tables anew.
"""

import os

from sqlalchemy import text

from core.db.engine import Database

# Some hosts keep these two functions to themselves: then the rest has to do.
_MAY_ASK = text(
    "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"
    " AND has_function_privilege('pg_control_checkpoint()', 'EXECUTE')"
)
_SERVER = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint())"
)
_DATABASE = text(
    "SELECT oid, to_regclass('timed_actions')::oid FROM pg_database WHERE datname = current_database()"
)


def place_of(database: Database) -> str:
    """The place in words that only a machine compares. Raises OSError where the file is gone."""
    if database.is_sqlite:
        path = database.path.resolve()
        return f"{path}:{os.stat(path).st_ino}"
    with database.engine.connect() as connection:
        server = connection.execute(_SERVER).one() if connection.execute(_MAY_ASK).scalar_one() else ()
        return ":".join(str(part) for part in (*server, *connection.execute(_DATABASE).one()))
