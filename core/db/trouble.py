"""Why the database refuses to work, in a word for whoever is on call."""

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

# The database as a whole refuses, whatever it was asked: wait and ask again. All else is about what it was asked.
DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
DEADLOCK = "40P01"  # PostgreSQL's code
# What SQLite and PostgreSQL say, whatever class of error they say it with.
SIGNS = {
    "disk is full": "disk_full",
    "no space left": "disk_full",
    "readonly database": "read_only",
    "read-only transaction": "read_only",
    "database is locked": "locked",
    "malformed": "damaged",
    "not a database": "damaged",
}


def trouble(error: SQLAlchemyError) -> str:
    """disk_full, read_only, locked, damaged, or unreachable for all else."""
    said = str(getattr(error, "orig", error)).lower()
    return next((word for sign, word in SIGNS.items() if sign in said), "unreachable")


def was_deadlock(error: SQLAlchemyError) -> bool:
    """Whether the database ended this one of two that waited for one another: done again, it gets through."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == DEADLOCK
