"""A sample of every encrypted column of a backup, and whether the keys at hand open it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag

from core.db.crypto import Keyring
from core.db.data_keys import label
from core.db.encrypted import MARK, opened
from core.db.key_rows import KeyRow
from core.db.rotation import encrypted_tables

SIZE = 50
KEY_ID = slice(len(MARK), len(MARK) + 16)
T = TypeVar("T")
# The wrapped keys with these ids, of those that are there.
FindKeys = Callable[[Collection[str]], Mapping[str, KeyRow]]


class Spread(Generic[T]):
    """At most SIZE of the items that are offered, spread evenly over all of them, however many come."""

    def __init__(self) -> None:
        self._kept: list[T] = []
        self._step = 1
        self._seen = 0

    def offer(self, item: T) -> None:
        if self._seen % self._step == 0:
            if len(self._kept) == 2 * SIZE:
                del self._kept[1::2]
                self._step *= 2
            if self._seen % self._step == 0:
                self._kept.append(item)
        self._seen += 1

    def items(self) -> list[T]:
        count = len(self._kept)
        return self._kept if count <= SIZE else [self._kept[i * count // SIZE] for i in range(SIZE)]


@dataclass(frozen=True)
class Stored:
    """One encrypted value as it lies in the backup."""

    table: str
    column: str
    row_id: str
    value: bytes


@dataclass(frozen=True)
class Found:
    """What a table's sample says. `forgotten`: their key is not among the keys at hand; `damaged`: all else."""

    table: str
    read: int = 0
    forgotten: int = 0
    damaged: int = 0

    @property
    def unreadable(self) -> int:
        return self.forgotten + self.damaged


@dataclass
class Keys:
    """Stands where a database's data keys would: those that a sample needs, and no others."""

    secrets: dict[bytes, bytes] = field(default_factory=dict)

    def secret(self, key_id: bytes) -> bytes:
        return self.secrets[key_id]


def secret_columns() -> dict[str, tuple[str, ...]]:
    """The encrypted columns of every table that this version knows."""
    return {table.name: names for table, names in encrypted_tables()}


def judge(sample: Iterable[Stored], keyring: Keyring, find: FindKeys) -> list[Found]:
    """What can be read of a sample, by table. What an earlier version stored under no data key counts as readable."""
    values = list(sample)
    wanted = {value.value[KEY_ID].hex() for value in values if value.value.startswith(MARK)}
    rows = find(wanted)
    dialect = SimpleNamespace(
        luxe_keyring=replace(keyring, row_bound=False),
        luxe_data_keys=Keys(_unwrapped(rows.values(), keyring)),
    )
    types = {(table.name, name): table.c[name].type for table, names in encrypted_tables() for name in names}
    found: dict[str, Found] = {}
    for value in values:
        before = found.get(value.table, Found(value.table))
        outcome = _outcome(value, types[value.table, value.column], dialect, rows)
        found[value.table] = replace(before, **{outcome: getattr(before, outcome) + 1})
    return list(found.values())


def _unwrapped(rows: Iterable[KeyRow], keyring: Keyring) -> dict[bytes, bytes]:
    unwrapped: dict[bytes, bytes] = {}
    for row in rows:
        try:
            secret = keyring.decrypt(row.wrapped, label(row.id, row.subject))
            unwrapped[bytes.fromhex(row.id)] = secret
        except (KeyError, InvalidTag, ValueError):
            continue
    return unwrapped


def _outcome(value: Stored, kind: Any, dialect: Any, rows: Mapping[str, KeyRow]) -> str:
    if value.value.startswith(MARK) and value.value[KEY_ID].hex() not in rows:
        return "forgotten"
    try:
        kind.decode(opened(value.value + value.row_id.encode(), kind.label.encode(), dialect))
    except (KeyError, InvalidTag, ValueError):
        return "damaged"
    return "read"


def damaged(found: Iterable[Found]) -> list[Found]:
    """Tables of which nothing can be read, which people who were forgotten do not explain."""
    return [table for table in found if table.damaged and not table.read]


def hopeless(found: Iterable[Found], *, keys_are_current: bool) -> list[Found]:
    """Tables of which nothing can be read with the keys at hand, so that these are hardly the right ones.

    `keys_are_current`: they are those of the database in use. What has no key among them was forgotten, which may
    well be all of a small table, but not of every table.
    """
    found = list(found)
    if keys_are_current and any(table.read for table in found):
        return damaged(found)
    return [table for table in found if not table.read]


def in_words(found: Iterable[Found]) -> str:
    """How many of which table can't be read, '' where all can."""
    return ", ".join(
        f"{table.unreadable} of {table.read + table.unreadable} values of {table.table}"
        for table in found
        if table.unreadable
    )
