"""Names and numbers of patients as a search compares them, held in memory for as long as the process lives.

Nothing that tells of a name is stored (docs/decisions/0015); to decrypt everybody at each search is what made it slow.
What was decrypted is kept beside a mark of what lies in the database, and each search compares the marks: a correction,
a merge, an erased person leave another one there, so they are read again, and nobody has to tell of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, LargeBinary, bindparam, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from core.conversation.haystack import folded
from core.db.crypto import NONCE
from core.db.encrypted import KEY_END, Unreadable
from core.db.prepared import Query
from core.db.types import among
from core.patients.tables import patients

P = patients.c
SLICE = 2000  # people that are read at a time, some 0.1 s where none is known yet
MOST = 200_000  # in memory, some 300 bytes each
AFTER_ALL = "g"  # no identifier begins with it, and all sort before it


def _mark(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The nonce, which is another one each time a value is written."""
    return func.substr(type_coerce(column, LargeBinary), KEY_END + 5, NONCE, type_=LargeBinary)


# What `KnownPeople.of` compares of each person, as a query selects it.
MARKS = (P.id, _mark(P.first_name), _mark(P.last_name), _mark(P.phone))


def _slices() -> Query:
    newest = select(*MARKS).where(P.id < bindparam("before")).order_by(P.id.desc())
    return Query(newest.limit(literal(SLICE)))


_SLICE = _slices()
_PLAIN = Query(select(P.id, P.first_name, P.last_name, P.phone).where(among(P.id, "ids")))


class Person(NamedTuple):
    """`name`: its folded words between blanks, ' maria lopez '. `phone` as E.164, '' for none."""

    mark: int
    name: str
    phone: str


class KnownPeople:
    """What one process knows. Any thread may ask or read on."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}
        self._before = AFTER_ALL  # how far a round of `read_on` came

    def everybody(self, session: Session) -> Iterator[tuple[str, Person]]:
        """(id, person), the newest first, a slice at a time."""
        before = AFTER_ALL
        while before:
            rows = _SLICE.rows(session, before=before)
            yield from zip((row[0] for row in rows), self.of(session, rows), strict=True)
            before = rows[-1][0] if len(rows) == SLICE else ""

    def of(self, session: Session, found: Sequence[tuple[Any, ...]]) -> list[Person]:
        """Everybody whose MARKS is given, in this order."""
        known, marks = self._known, [(row[0], hash(row)) for row in found]
        fresh = {id_: mark for id_, mark in marks if (one := known.get(id_)) is None or one.mark != mark}
        # Of its own while it is used: another thread may empty what is known to make room.
        read = self._read(session, fresh) if fresh else {}
        return [read.get(id_) or known.get(id_) or Person(mark, "", "") for id_, mark in marks]

    def _read(self, session: Session, fresh: dict[str, int]) -> dict[str, Person]:
        rows = _PLAIN.rows(session, ids=list(fresh))
        read = {id_: Person(fresh[id_], _name(first, last), phone or "") for id_, first, last, phone in rows}
        if len(self._known) + len(read) > MOST:
            self._known = {}
        self._known |= read
        return read

    def read_on(self, session: Session) -> bool:
        """Read a slice of everybody, the newest first; whether that was the last one of a round.

        A round forgets, too, what corrected and erased people were called.
        """
        rows = _SLICE.rows(session, before=self._before)
        self.of(session, rows)
        self._before = rows[-1][0] if len(rows) == SLICE else AFTER_ALL
        return self._before == AFTER_ALL

    def __len__(self) -> int:
        return len(self._known)


def _name(*parts: str) -> str:
    return f" {folded(' '.join(part for part in parts if not isinstance(part, Unreadable)))} "
