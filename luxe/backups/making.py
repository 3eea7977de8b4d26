"""`luxe backup`: written, encrypted, read again, and only then under its name; a copy of the data keys beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect

from core.app import App
from core.db.engine import Database
from core.db.migrate import schema_state
from core.flows.sending import confirming_database
from core.flows.upkeep import key_copies
from luxe.backups import postgres_dumps, sampling, sealed_file, sqlite_files
from luxe.backups.keys_at_hand import find_in, has_table
from luxe.backups.sampling import Found, Stored
from luxe.backups.sealed_file import About
from luxe.opening import CommandError

KEYSET_APART = "The keyset is not in it: keep a copy of {keyset} in another place."
KEYS_BESIDE = (
    "The keys of patients are in {copy}, which belongs beside it: there must only ever be the newest one."
)


def backup(app: App, target: Path, *, force: bool, now: datetime) -> str:
    """Write the database to `target` while everything goes on; what to tell. Raises CommandError."""
    if target.exists() and not force:
        raise CommandError(f"{target} exists. Choose another file, or add --force to replace it.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}.")
    found = write_verified(app, target, now=now)
    return report(app, str(target), target.stat().st_size, found, str(target.parent.resolve()), now)


def report(app: App, where: str, size: int, found: list[Found], place: str, now: datetime) -> str:
    """Copy the data keys beside a backup that is written and read again; what to tell. `size` in bytes.

    Raises CommandError.
    """
    lost = sampling.in_words(found)
    return " ".join(
        [
            f"Wrote {where} ({size / 1_000_000:,.1f} MB) and read it again.",
            *([f"Of a sample, {lost} can't be read, in the database either."] if lost else []),
            KEYSET_APART.format(keyset=_keyset(app)),
            *_copied_keys(app, place, now),
        ]
    )


def _copied_keys(app: App, place: str, now: datetime) -> Iterator[str]:
    """An earlier version's database, which is backed up before it is migrated, has none."""
    if not has_table(app):
        return
    try:
        yield KEYS_BESIDE.format(copy=key_copies.keep_copy(app, place, now=now))
    except OSError as error:
        raise CommandError(
            f"The backup is there, the copy of the data keys beside it is not: {error}."
        ) from error


def _keyset(app: App) -> str:
    return str(app.db.keyring.home or "LUXE_KEYSET")


def write_verified(app: App, target: Path, *, now: datetime) -> list[Found]:
    """The database as one encrypted file, read again before it takes its name. Raises CommandError."""
    part = target.with_name(f"{target.name}.part")
    with private(part):
        about = About(
            app.db.engine.dialect.name, schema_state(app.db).current, now.astimezone(UTC).isoformat()
        )
        with part.open("wb") as file:
            sealed_file.write(file, app.db.keyring, about, _plain(app, target, now))
            file.flush()
            os.fsync(file.fileno())
        found = _verify(app, part)
        os.replace(part, target)
        key_copies.sync_folder(target.parent)
    return found


@contextmanager
def private(path: Path) -> Iterator[Path]:
    """An empty file that nobody else may read, and that is gone afterwards."""
    sqlite_files.remove(path)
    path.touch(mode=0o600, exist_ok=False)
    try:
        yield path
    finally:
        sqlite_files.remove(path)


def _plain(app: App, target: Path, now: datetime) -> Iterator[bytes]:
    if not app.db.is_sqlite:
        yield from postgres_dumps.dump(app)
        return
    with private(target.with_name(f"{target.name}.copy")) as copy:
        sqlite_files.copy_without_keys(app.db.path, copy)
        # The copy itself says that it must not send: whoever puts it back may do so without us.
        with sqlite_files.opened(copy, app.db.keyring) as database:
            forbid_sending(database, now)
        yield from sqlite_files.chunks(copy)


def forbid_sending(database: Database, now: datetime) -> None:
    """What the original sends after the backup was made, the copy would send again."""
    tables = inspect(database.engine)
    columns = tables.get_columns("switches") if tables.has_table("switches") else []
    if any(column["name"] == "stops" for column in columns):  # an older version's asks once it is migrated
        with database.write() as session:
            confirming_database.unbind(session, now=now)


def _verify(app: App, part: Path) -> list[Found]:
    """What the sample of a backup says that was just written. Raises CommandError where it is of no use."""
    found = sampling.judge(_sample(app, part), app.db.keyring, find_in(app))
    if bad := sampling.damaged(found):
        raise CommandError(
            f"The backup was written and can't be used: {sampling.in_words(bad)} can't be read."
        )
    return found


def _sample(app: App, part: Path) -> list[Stored]:
    if not app.db.is_sqlite:
        return postgres_dumps.contents(app, sealed_file.read(part, app.db.keyring)).sample
    with private(part.with_name(f"{part.name}.check")) as plain:
        unseal(app, part, plain)
        sqlite_files.check(plain, part)
        return sqlite_files.sample(plain)


def unseal(app: App, sealed: Path, plain: Path) -> None:
    with plain.open("wb") as file:
        file.writelines(sealed_file.read(sealed, app.db.keyring))
