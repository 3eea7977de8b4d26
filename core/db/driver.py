"""Words put to the driver itself, past SQLAlchemy's own statements: for what every text and every form does."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# 'is one of these strings', given as a JSON array: always the same statement, however many they are.
AMONG = {
    "sqlite": "IN (SELECT value FROM json_each(?))",
    "postgresql": "= ANY (ARRAY(SELECT json_array_elements_text(CAST(%s AS json))))",
}


def execute(session: Session, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """The driver's cursor after the call. Raises what SQLAlchemy would, without the values in the message."""
    return call(session.connection(), sql, parameters, many=many)


def call(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise told(error, connection.dialect, sql) from error
    return cursor


def told(error: Exception, dialect: Dialect, sql: str = "") -> Exception:
    base: Any = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, base, hide_parameters=True, dialect=dialect)
