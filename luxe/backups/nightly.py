"""`luxe backup` without a file: a dated one where LUXE_BACKUP_TO says, and the oldest ones removed."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from core.app import App
from core.domain import buckets
from core.flows.upkeep import backing_up
from luxe.backups.shelves import Shelf, shelf_of
from luxe.opening import CommandError

NAME = re.compile(r"luxe-(\d{8})T\d{6}Z\.backup")
LEFT_OVER = re.compile(r"luxe-\d{8}T\d{6}Z\.backup\.(part|copy)(\.check)?(-wal|-shm|-journal)?")


def make(app: App, *, now: datetime) -> tuple[str, str]:
    """The name and what to tell. Raises CommandError, and OutOfReach where it goes to a bucket."""
    shelf = _shelf(app)
    name = f"luxe-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    told = shelf.add(name, force=False, now=now)
    backing_up.made(app, now=now)
    gone = too_old(shelf.names(), app.settings.backup_keep)
    for old in gone:
        shelf.remove(old)
    return name, f"{told} Removed {len(gone)} older ones." if gone else told


def _shelf(app: App) -> Shelf:
    to = app.settings.backup_to
    if not to:
        raise CommandError("Name a file, or set LUXE_BACKUP_TO to a folder or a bucket (s3://bucket/prefix).")
    if not buckets.is_bucket(to):
        if not Path(to).is_dir():  # never made by us: a disk that is not mounted is no place for a backup
            raise CommandError(f"LUXE_BACKUP_TO: there is no folder {to}.")
        _clear(Path(to))
    return shelf_of(app, to)


def _clear(folder: Path) -> None:
    """What a backup that was killed left behind."""
    for path in folder.iterdir():
        if LEFT_OVER.fullmatch(path.name):
            path.unlink(missing_ok=True)


def too_old(names: Iterable[str], keep: int) -> list[str]:
    """Backups of none of the last `keep` days that have any: some made by hand in one day push out no older day."""
    dated = {name: found[1] for name in names if (found := NAME.fullmatch(name))}
    days = sorted(set(dated.values()))[-keep:]
    return [name for name, day in dated.items() if day not in days]
