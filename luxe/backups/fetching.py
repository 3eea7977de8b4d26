"""`luxe restore s3://...`: a backup and the data keys beside it, brought here before anything is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.app import App
from core.domain import buckets
from core.domain.ports import Kept
from core.flows.upkeep import key_copies
from luxe.backups.nightly import NAME
from luxe.backups.shelves import room
from luxe.opening import CommandError

MOST_NAMED = 20


@dataclass(frozen=True)
class Fetched:
    """Files of this machine that stand for files elsewhere. `in_words` puts the addresses back into what is told."""

    file: Path
    keys: Path | None
    addresses: dict[str, str]

    def in_words(self, told: str) -> str:
        for here, address in self.addresses.items():
            told = told.replace(here, address)
        return told


@contextmanager
def at_hand(app: App, file: str, keys: str | None) -> Iterator[Fetched]:
    """A backup, and its data keys where they are named, as files here. Raises CommandError and OutOfReach."""
    if not (buckets.is_bucket(file) or buckets.is_bucket(keys or "")):
        yield Fetched(Path(file), Path(keys) if keys else None, {})
        return
    with room(app) as here:
        fetched: dict[str, str] = {}
        backup = _brought(app, file, here / "backup", fetched)
        given = _brought(app, keys, here / "keys", fetched) if keys else None
        try:
            yield Fetched(backup, given, fetched)
        except CommandError as error:
            raise CommandError(Fetched(backup, given, fetched).in_words(str(error))) from error


def _brought(app: App, address: str, folder: Path, fetched: dict[str, str]) -> Path:
    """`fetched` learns which folder here stands for which address."""
    if not buckets.is_bucket(address):
        return Path(address)
    place, name = buckets.split(address)
    bucket = app.bucket_at(place)
    kept = {one.name: one for one in bucket.kept()}
    if name not in kept:
        raise CommandError(_which(app, address, list(kept.values())))
    folder.mkdir(mode=0o700)
    fetched[str(folder.resolve())] = place
    bucket.get(name, folder / name)
    if key_copies.FILE in kept and name != key_copies.FILE:
        bucket.get(key_copies.FILE, folder / key_copies.FILE)
    return folder / name


def _which(app: App, address: str, beside: list[Kept]) -> str:
    """What lies there, the newest first: whoever names a place wants to choose."""
    inside = app.bucket_at(address).kept()
    place, names = (address.rstrip("/"), inside) if inside else (buckets.split(address)[0], beside)
    dated = sorted((one for one in names if NAME.fullmatch(one.name)), key=lambda one: one.name, reverse=True)
    if not dated:
        return f"There is no backup at {address}."
    lines = [
        f"  {buckets.within(place, one.name)} ({one.size / 1_000_000:,.1f} MB)" for one in dated[:MOST_NAMED]
    ]
    return "\n".join([f"There is no file {address}. Name one of:", *lines])
