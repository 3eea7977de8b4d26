"""Which data keys a backup is read with."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from core.app import App
from core.db import key_rows
from core.db.key_rows import KeyRow
from core.flows.upkeep import key_copies
from core.patients.store.forgotten import erased
from luxe.backups.sampling import FindKeys
from luxe.opening import CommandError


@dataclass(frozen=True)
class KeysAtHand:
    """Where the data keys for a backup come from. `whose` names it in a sentence."""

    whose: str
    find: FindKeys
    rows: Callable[[], Iterable[KeyRow]]
    are_current: bool


def choose(app: App, source: Path, given: Path | None, *, used: bool) -> KeysAtHand | None:
    """Those of file `given`, else of the database in use, else of the copy beside the backup. Raises CommandError."""
    if given:
        return _of_file(given)
    if used and any_in(app):
        return KeysAtHand("of the database in use", find_in(app), rows_in(app), are_current=True)
    beside = source.resolve().parent / key_copies.FILE
    return _of_file(beside) if beside.is_file() else None


def without(at_hand: KeysAtHand | None, gone: Collection[str]) -> KeysAtHand | None:
    """The same, but for keys of people who were erased: a copy from before that would bring them back."""
    if at_hand is None or not gone:
        return at_hand
    find, rows = at_hand.find, at_hand.rows
    return replace(
        at_hand,
        find=lambda ids: {id_: row for id_, row in find(ids).items() if row.subject not in gone},
        rows=lambda: (row for row in rows() if row.subject not in gone),
    )


def erased_in(app: App) -> set[str]:
    """Patients whom the database in use knows to be erased; one that can't be read knows none."""
    if not any_in(app):
        return set()
    try:
        with app.db.read() as session:
            return erased(session)
    except DatabaseError:
        return set()


def has_table(app: App) -> bool:
    """Whether there are data keys at all: not before this version."""
    return inspect(app.db.engine).has_table("data_keys")


def any_in(app: App) -> bool:
    """Whether the database in use has any; one that can't be read has none."""
    try:
        if not has_table(app):
            return False
        with app.db.read() as session:
            return key_rows.any_there(session)
    except DatabaseError:
        return False


def find_in(app: App) -> FindKeys:
    """The data keys of the database in use."""

    def find(ids: Collection[str]) -> Mapping[str, KeyRow]:
        if not any_in(app):
            return {}
        with app.db.read() as session:
            return key_rows.some(session, ids)

    return find


def rows_in(app: App) -> Callable[[], Iterator[KeyRow]]:
    """All of them; none where there is no such table yet."""

    def rows() -> Iterator[KeyRow]:
        if not any_in(app):
            return
        with app.db.read() as session:
            yield from key_rows.every(session)

    return rows


def _of_file(path: Path) -> KeysAtHand:
    """Read to its end before anything is done: a copy that is cut short is of no use."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")

    def find(ids: Collection[str]) -> Mapping[str, KeyRow]:
        wanted = set(ids)
        return {row.id: row for row in key_copies.read_copy(path) if row.id in wanted}

    find(())
    return KeysAtHand(f"in {path}", find, lambda: key_copies.read_copy(path), are_current=False)
