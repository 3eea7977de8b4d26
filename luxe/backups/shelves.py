"""Where backups lie: a folder, or a bucket elsewhere. Either keeps one under its name once it is whole."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.app import App
from core.domain import buckets
from core.domain.ports import Bucket, OutOfReach
from luxe.backups import making
from luxe.opening import CommandError

ROOM = "backup-on-its-way"


class Shelf(Protocol):
    """Raises CommandError, and OutOfReach where it is a bucket."""

    def add(self, name: str, *, force: bool, now: datetime) -> str:
        """Back up under this name; what to tell."""
        ...

    def names(self) -> list[str]: ...

    def remove(self, name: str) -> None: ...


@dataclass(frozen=True)
class Folder:
    app: App
    path: Path

    def add(self, name: str, *, force: bool, now: datetime) -> str:
        return making.backup(self.app, self.path / name, force=force, now=now)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir())

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Elsewhere:
    """A backup is made and read again here, then sent: a connection that breaks off costs an upload, not the work."""

    app: App
    address: str

    @property
    def bucket(self) -> Bucket:
        return self.app.bucket_at(self.address)

    def add(self, name: str, *, force: bool, now: datetime) -> str:
        if not force and name in self.names():
            raise CommandError(
                f"{buckets.within(self.address, name)} exists. Choose another name, or add --force to replace it."
            )
        with room(self.app) as here:
            found = making.write_verified(self.app, here / name, now=now)
            self._send(name, here / name)
            size = (here / name).stat().st_size
        return making.report(self.app, buckets.within(self.address, name), size, found, self.address, now)

    def _send(self, name: str, file: Path) -> None:
        try:
            self.bucket.put(name, file)
        except OutOfReach as error:
            raise CommandError(f"Nothing was kept of this backup: {error}.") from error

    def names(self) -> list[str]:
        return [one.name for one in self.bucket.kept()]

    def remove(self, name: str) -> None:
        self.bucket.remove(name)


def shelf_of(app: App, place: str) -> Shelf:
    """The shelf at a folder's path or a bucket's address."""
    return Elsewhere(app, place.rstrip("/")) if buckets.is_bucket(place) else Folder(app, Path(place))


def backup(app: App, target: str, *, force: bool, now: datetime) -> tuple[str, str]:
    """Back up as a file that somebody named; its name, and what to tell. Raises CommandError and OutOfReach."""
    if buckets.is_bucket(target):
        place, name = buckets.split(target)
    else:
        place, name = str(Path(target).parent), Path(target).name
    if not name:
        raise CommandError(f"Name the file too, such as {buckets.within(target, 'luxe.backup')}.")
    return name, shelf_of(app, place).add(name, force=force, now=now)


@contextmanager
def room(app: App) -> Iterator[Path]:
    """A folder of our own for what is on its way, with nothing in it of a command that was killed.

    Raises CommandError where another command uses it.
    """
    path = app.settings.home / ROOM
    path.mkdir(mode=0o700, exist_ok=True)
    with (app.settings.home / f"{ROOM}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                "Another backup or restore is on its way. Try again once it has ended."
            ) from error
        _empty(path)
        try:
            yield path
        finally:
            _empty(path)


def _empty(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700, exist_ok=True)
