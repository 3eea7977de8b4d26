"""Values as they were stored before there were data keys: under the keyring, bound to their column alone."""

from typing import Any

from sqlalchemy import LargeBinary, Table, select, type_coerce, update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.db.rotation import encrypted_tables
from core.db.types import keyring_of


def as_before(session: Session, table: Table, name: str, value: Any) -> bytes:
    """The value as an earlier version stored it in column `name`."""
    kind: Any = table.c[name].type
    return keyring_of(session.get_bind().dialect).encrypt(kind.encode(value), kind.label.encode())


def set_back(database: Database) -> int:
    """Every value of the database as an earlier version stored it; how many."""
    done = 0
    with database.write() as session:
        for table, names in encrypted_tables():
            for row in session.execute(select(table.c.id, *[table.c[name] for name in names])).all():
                values = {
                    name: type_coerce(as_before(session, table, name, row._mapping[name]), LargeBinary)
                    for name in names
                    if row._mapping[name] is not None
                }
                if values:
                    session.execute(update(table).where(table.c.id == row.id).values(values))
                    done += len(values)
    return done


def raw(session: Session, table: Table, name: str) -> list[bytes]:
    """What lies in the column, as it lies there."""
    statement = select(type_coerce(table.c[name], LargeBinary)).order_by(table.c.id)
    return [bytes(value) for value in session.execute(statement).scalars() if value is not None]
