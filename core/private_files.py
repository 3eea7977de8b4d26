"""What the product keeps on disk is its own user's alone: states and times tell of patients, encrypted or not."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from core.settings import Settings

OTHERS = 0o077
IN_HOME = (
    "keyset.json",
    "form_keys.json",
    "audit-anchors.jsonl",
    "demo-clock",
    "demo_password",
    "data-keys",
    "data-keys-places",
    "simulator.jsonl",
    "simulator-media",
)
BESIDE_DATABASE = ("", "-wal", "-shm", "-journal", "-sealed")
UNDER_ITS_NAME = (".wake", ".scheduler.lock")


def begin_privately() -> None:
    """Whatever this process makes from now on, nobody else can read. The first word of every process."""
    os.umask(OTHERS)


def close_to_others(settings: Settings) -> None:
    """Take away what an earlier version left to others, where it is ours to take; the doctor names the rest."""
    for path in open_to_others(settings):
        found = path.stat()
        if found.st_uid == os.getuid():
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def open_to_others(settings: Settings) -> list[Path]:
    """Folder and files that another user of this machine could read or change."""
    return [path for path in _kept(settings) if path.exists() and _mode(path) & OTHERS and not _shared(path)]


def how_to_close(path: Path) -> str:
    return f"chmod {700 if path.is_dir() else 600} {path}"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _shared(path: Path) -> bool:
    """Such as /tmp: closing it would shut out everybody else."""
    return path.is_dir() and bool(path.stat().st_mode & stat.S_ISVTX)


def _kept(settings: Settings) -> Iterator[Path]:
    # Named one by one: a home that holds other things too must not lose them to a service.
    yield settings.home
    yield from (settings.home / name for name in IN_HOME)
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        database = Path(address.database)
        yield from (database.with_name(f"{database.name}{ending}") for ending in BESIDE_DATABASE)
        yield from (database.with_suffix(ending) for ending in UNDER_ITS_NAME)
