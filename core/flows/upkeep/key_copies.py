"""Copies of the data keys: one file beside the backups, which are of no use without it.

Whoever is forgotten must be forgotten here too, so there is only ever the current copy: each is replaced as a whole,
and the places that hold one, folders and buckets, are written down, so that all of them can be written anew.
"""

import base64
import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog

from core.app import App
from core.audit import store as audit
from core.db import key_rows
from core.db.key_rows import KeyRow
from core.domain import buckets
from core.domain.errors import LuxeError

log = structlog.get_logger(__name__)
FILE = "data-keys"
PLACES = "data-keys-places"
FORMAT = "luxe data keys 1"


class BrokenCopy(LuxeError):
    """A file is no copy of data keys, or not all of it is there."""


@dataclass(frozen=True)
class CopyState:
    """`trouble` is '' where a copy is in order: whole, and without a key that was forgotten since."""

    place: str
    made_at: datetime | None
    trouble: str


def write_copy(app: App, folder: Path, *, now: datetime) -> Path:
    """Write the keys of this moment into `folder`, in the place of older ones. Raises OSError."""
    keep_copy(app, str(folder.resolve()), now=now)
    return folder / FILE


def keep_copy(app: App, place: str, *, now: datetime) -> str:
    """The same into a folder or a bucket by its address; the address of the copy. Raises OSError and SettingsError."""
    with _alone(app) as places:
        _remember(places, place)
        _write(app, place, now)
    return buckets.within(place, FILE)


def rewrite_copies(app: App) -> list[str]:
    """Write every copy anew, after keys were forgotten or wrapped anew; the places where that was not possible.

    To be called after the commit: a copy tells of what the database holds when it is written.
    """
    failed: list[str] = []
    with _alone(app) as places:
        for place in _known(places):
            try:
                _write(app, place, app.clock.now())
            except (OSError, LuxeError):
                failed.append(place)
    return failed


def mend(app: App) -> int:
    """Write copies anew where one lags behind: a place that was out of reach when somebody was forgotten is back.

    How many still can't be.
    """
    behind = [state for state in states(app) if state.trouble]
    if not behind:
        return 0
    failed = rewrite_copies(app)
    if len(failed) < len(behind):
        _note_mended(app, len(behind) - len(failed))
    for place in failed:
        log.error("data_keys_copy_lags_behind", place=place)
    return len(failed)


def _note_mended(app: App, mended: int) -> None:
    with app.db.write() as session:
        audit.note(session, action="key_copies_mended", detail={"copies": mended}, now=app.clock.now())


def states(app: App) -> list[CopyState]:
    """How each copy stands beside the database."""
    with _alone(app) as places:
        return [_state(app, place) for place in _known(places)]


def read_copy(path: Path) -> Iterator[KeyRow]:
    """The keys in a copy. Raises BrokenCopy, at the latest after the last line, and OSError."""
    found = 0
    with path.open(encoding="utf-8") as file:
        _header(path, file)
        for line in file:
            entry = _entry(path, line)
            if not isinstance(entry, KeyRow):
                if entry == found and not file.readline():
                    return
                break
            found += 1
            yield entry
    raise BrokenCopy(f"{path} is not whole: its end is missing.")


def made_at(path: Path) -> datetime:
    """When a copy was written. Raises BrokenCopy and OSError."""
    with path.open(encoding="utf-8") as file:
        return _header(path, file)


def _header(path: Path, file: IO[str]) -> datetime:
    try:
        header: Any = json.loads(file.readline())
        if header["format"] == FORMAT:
            return datetime.fromisoformat(header["made_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenCopy(f"{path} holds no data keys.") from error
    raise BrokenCopy(f"{path} is of another version: {header['format']}.")


def _entry(path: Path, line: str) -> KeyRow | int:
    """A key, or how many there were: the last line, which a copy that was cut short does not have."""
    try:
        document: Any = json.loads(line)
        if "count" in document:
            return int(document["count"])
        wrapped = base64.b64decode(document["wrapped"], validate=True)
        return KeyRow(str(document["id"]), str(document["subject"]), wrapped)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenCopy(f"{path} is damaged.") from error


def _state(app: App, place: str) -> CopyState:
    moment = None
    try:
        with _at_hand(app, place) as path:
            moment = made_at(path)
            forgotten = _forgotten(app, path)
    except FileNotFoundError:
        return CopyState(place, None, "is not there")
    except (OSError, LuxeError) as error:
        return CopyState(place, moment, f"can't be read ({error})")
    return CopyState(place, moment, f"holds {forgotten} keys that were forgotten" if forgotten else "")


@contextlib.contextmanager
def _at_hand(app: App, place: str) -> Iterator[Path]:
    """The copy in a place as a file here."""
    if not buckets.is_bucket(place):
        yield Path(place) / FILE
        return
    with _room(app) as room:
        app.bucket_at(place).get(FILE, room / FILE)
        yield room / FILE


@contextlib.contextmanager
def _room(app: App) -> Iterator[Path]:
    """A folder for a moment, which nobody else may look into."""
    with tempfile.TemporaryDirectory(prefix=f"{FILE}-", dir=app.settings.home) as room:
        yield Path(room)


def _forgotten(app: App, path: Path) -> int:
    """Keys of the copy that the database has no more. Those made since are no fault: each backup writes a new copy."""
    count = 0
    with app.db.read() as session:
        for batch in key_rows.batches(row.id for row in read_copy(path)):
            count += len(batch) - len(key_rows.some(session, batch))
    return count


def _write(app: App, place: str, now: datetime) -> None:
    if not buckets.is_bucket(place):
        _write_file(app, Path(place), now)
        return
    with _room(app) as room:
        _write_file(app, room, now)
        app.bucket_at(place).put(FILE, room / FILE)


def _write_file(app: App, folder: Path, now: datetime) -> None:
    """Whole or not at all."""
    path = folder / FILE
    part = folder / f"{FILE}.part"
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(_lines(app, now))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_folder(folder)
    finally:
        part.unlink(missing_ok=True)


def _lines(app: App, now: datetime) -> Iterator[str]:
    count = 0
    yield json.dumps({"format": FORMAT, "made_at": now.isoformat()}) + "\n"
    with app.db.read() as session:
        for row in key_rows.every(session):
            wrapped = base64.b64encode(row.wrapped).decode()
            yield json.dumps({"id": row.id, "subject": row.subject, "wrapped": wrapped}) + "\n"
            count += 1
    yield json.dumps({"count": count}) + "\n"


def sync_folder(folder: Path) -> None:
    """A new name outlives a power cut only once its folder is on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def _alone(app: App) -> Iterator[IO[str]]:
    """One at a time: whoever read the keys before somebody was forgotten must not write them after that."""
    app.settings.home.mkdir(parents=True, exist_ok=True)
    number = os.open(app.settings.home / PLACES, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(number, "a+", encoding="utf-8") as places:
        fcntl.flock(places, fcntl.LOCK_EX)
        yield places


def _known(places: IO[str]) -> list[str]:
    places.seek(0)
    return list(dict.fromkeys(line for line in places.read().splitlines() if line))


def _remember(places: IO[str], place: str) -> None:
    if place not in _known(places):
        places.write(f"{place}\n")
        places.flush()
        os.fsync(places.fileno())
