"""What was read of everybody who works here, kept by a process until somebody's stamp is another (`stamp_tables`).

Each form asks who may be given it, whom to alert and who is at work, and a sweep asks that every second, of rows that
change a few times a day. The stamps are read in the asker's own transaction: it sees what it would have read itself.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.staff.stamp_tables import staff_stamps

T = TypeVar("T")
Stamps = list[tuple[Any, ...]]

_STAMPS = Query(select(staff_stamps.c.staff_id, staff_stamps.c.stamp).order_by(staff_stamps.c.staff_id))


@dataclass(frozen=True)
class _Kept:
    stamps: Stamps
    read: dict[Hashable, Any] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Dialect, _Kept] = (
    WeakKeyDictionary()
)  # of each database that this process is connected to


def kept(session: Session, what: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, asked for only where somebody's stamp changed. It is shared: nobody may change it."""
    stamps, dialect = _STAMPS.rows(session), session.get_bind().dialect
    found = _KEPT.get(dialect)
    if found is None or found.stamps != stamps:
        # Stamps first, then what they stand for: read in between by another, it is newer than its stamps say, and is
        # read once more.
        found = _KEPT[dialect] = _Kept(stamps)
    if what not in found.read:
        found.read[what] = read()
    value: T = found.read[what]
    return value
