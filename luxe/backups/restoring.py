"""`luxe restore`: everything is looked at before anything is touched, and what is replaced is kept."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from core.app import App
from core.db import key_rows
from core.db.data_keys import keys_of_dialect
from core.db.encrypted import MARK
from core.db.key_rows import KeyRow
from core.db.migrate import is_known, migrate, schema_state
from core.flows.access import erasing
from core.flows.upkeep import anchoring, key_copies, strays
from luxe.backups import keys_at_hand, postgres_dumps, sampling, sealed_file, sqlite_files
from luxe.backups.keys_at_hand import KeysAtHand
from luxe.backups.making import forbid_sending, private, unseal, write_verified
from luxe.backups.sampling import Found, Stored
from luxe.opening import CommandError
from luxe.running import refuse_while_running

NO_KEYS = (
    "There are no data keys at hand: neither in the database in use nor in {beside}. Without them nothing in"
    " {source} can be read. Name the newest copy of them with --keys."
)
HOPELESS = (
    "Nothing was changed: of a sample, {what} can't be read with the data keys {whose}."
    " Name the newest copy of those that belong to this backup with --keys."
)
KEPT = "What was in the database before is kept in {kept}; delete it once you are sure."
PUT_ASIDE = (
    "The database in place could not be read. It is put aside in {kept} as it was, keys of patients included: delete it"
    " as soon as you can, nobody is forgotten in it."
)
ERASED_AGAIN = "{again} of the people in it were erased since, and were taken out again."
STRAYS = (
    "Keys of people who came after this backup are kept for {days} days, for newer backups and for what was replaced;"
    " 'luxe keys forget-strays' forgets them now."
)
SOME_LOST = (
    "Of a sample, {what} can't be read: those of people who were forgotten since, or damaged before the backup was"
    " made."
)


def restore(app: App, source: Path, *, keys: Path | None, force: bool, now: datetime) -> str:
    """Replace the database by `source`; what to tell. Raises CommandError."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    used = _refuse_in_use(app, force=force)
    gone = keys_at_hand.erased_in(app) if used else set()
    at_hand = keys_at_hand.without(keys_at_hand.choose(app, source, keys, used=used), gone)
    put_back = _restore_sqlite if app.db.is_sqlite else _restore_postgres
    kept, lost, is_old = put_back(app, source, at_hand, now, used)
    keys_of_dialect(app.db.engine.dialect).clear()
    forbid_sending(app.db, now)
    anchoring.restored(app, now=now)
    strays.expected(app, now=now)
    again = erasing.erase_again(app, gone, now=now)
    return " ".join(_told(app, source, kept, lost, again, is_old=is_old))


def _told(app: App, source: Path, kept: Path | None, lost: str, again: int, *, is_old: bool) -> Iterator[str]:
    yield f"Restored {source}."
    if kept:
        yield (KEPT if sealed_file.is_sealed(kept) else PUT_ASIDE).format(kept=kept)
    if lost:
        yield SOME_LOST.format(what=lost)
    if again:
        yield ERASED_AGAIN.format(again=again)
    if strays.count(app):
        yield STRAYS.format(days=strays.KEPT.days)
    for place in key_copies.rewrite_copies(app):
        yield f"The copy of the data keys in {place} could not be written anew: delete it, or mend that folder."
    if is_old:
        yield _bind_rows_no_more(app)
    yield "Run 'luxe doctor'. Nothing is sent from it until 'luxe resume'."


def _bind_rows_no_more(app: App) -> str:
    """A keyset whose database had nothing of an earlier version's left refuses what this backup holds."""
    if not app.db.keyring.row_bound:
        return "Values in it are of an earlier version: run 'luxe keys rotate'."
    home = app.db.keyring.home
    if home is None:
        return "Values in it are of an earlier version: take 'row_bound' out of LUXE_KEYSET to read them."
    home.replace(json.dumps(json.loads(home.read()) | {"row_bound": False}, indent=1))
    return "Values in it are of an earlier version, and are taken for now: run 'luxe keys rotate' soon."


def _refuse_in_use(app: App, *, force: bool) -> bool:
    """Whether something is in the database already. One that can't be read may be replaced too."""
    try:
        used = inspect(app.db.engine).get_table_names()
        if "heartbeats" in used:
            refuse_while_running(app, "restore")
    except OperationalError:
        raise
    except DatabaseError:
        used = ["damaged"]
    if used and not force:
        raise CommandError("The database is not empty. Add --force to replace everything in it.")
    return bool(used)


def _checked(
    app: App, source: Path, revision: str, sample: list[Stored], at_hand: KeysAtHand | None
) -> tuple[str, bool]:
    """What can't be read, in words, and whether some of it is of an earlier version. Raises CommandError."""
    if not is_known(revision):
        raise CommandError(
            f"{source} was made by a newer version: its schema is {revision}, this version knows those up to"
            f" {schema_state(app.db).wanted}. Install that version, then try again."
        )
    needs = any(value.value.startswith(MARK) for value in sample)
    if needs and at_hand is None:
        beside = source.resolve().parent / key_copies.FILE
        raise CommandError(NO_KEYS.format(beside=beside, source=source))
    found = sampling.judge(sample, app.db.keyring, at_hand.find if at_hand else lambda _: {})
    _refuse_hopeless(found, at_hand)
    return sampling.in_words(found), any(not value.value.startswith(MARK) for value in sample)


def _refuse_hopeless(found: list[Found], at_hand: KeysAtHand | None) -> None:
    bad = sampling.hopeless(found, keys_are_current=at_hand is not None and at_hand.are_current)
    if bad:
        whose = at_hand.whose if at_hand else "of this keyset"
        raise CommandError(HOPELESS.format(what=sampling.in_words(bad), whose=whose))


def _restore_sqlite(
    app: App, source: Path, at_hand: KeysAtHand | None, now: datetime, used: bool
) -> tuple[Path | None, str, bool]:
    with private(app.db.path.with_name(f"{app.db.path.name}.restoring")) as fresh:
        _open_into(app, source, fresh)
        revision = sqlite_files.check(fresh, source)
        lost, is_old = _checked(app, source, revision, sqlite_files.sample(fresh), at_hand)
        with sqlite_files.opened(fresh, app.db.keyring) as database:
            migrate(database)
            with database.write() as session:
                key_rows.put_in(session, at_hand.rows() if at_hand else ())
                # Without its own keys what is replaced could never be put back.
                key_rows.put_in(session, keys_at_hand.rows_in(app)())
        kept = _keep_file(app, now) if used else None
        app.db.engine.dispose()
        sqlite_files.copy(fresh, app.db.path)
    return kept, lost, is_old


def _open_into(app: App, source: Path, fresh: Path) -> None:
    if sealed_file.is_sealed(source):
        _refuse_other_kind(app, source)
        unseal(app, source, fresh)
        return
    try:
        sqlite_files.copy(source, fresh)
    except sqlite3.DatabaseError as error:
        raise CommandError(f"{source} is no backup of ours: {error}.") from error


def _refuse_other_kind(app: App, source: Path) -> None:
    kind, ours = sealed_file.about(source).kind, app.db.engine.dialect.name
    if kind != ours:
        raise CommandError(f"{source} is a backup of {kind}, and LUXE_DATABASE_URL leads to {ours}.")


def _free(path: Path) -> Path:
    """A name that no file has: what was kept by the restore before, a second ago, may be what is being put back."""
    taken = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in count(2))
    return next(one for one in chain([path], taken) if not one.exists())


def _keep_file(app: App, now: datetime) -> Path:
    """What is replaced, without its data keys. One that can't be copied is put aside as it is."""
    kept = _free(app.db.path.with_name(f"{app.db.path.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    try:
        write_verified(app, kept, now=now)
    except (DatabaseError, sqlite3.DatabaseError, CommandError):
        app.db.engine.dispose()
        for ending in ("", "-wal"):
            beside = app.db.path.with_name(app.db.path.name + ending)
            if beside.exists():
                shutil.move(beside, kept.with_name(kept.name + ending))
        sqlite_files.remove(app.db.path)
    return kept


def _restore_postgres(
    app: App, source: Path, at_hand: KeysAtHand | None, now: datetime, used: bool
) -> tuple[Path | None, str, bool]:
    if sealed_file.is_sealed(source):
        _refuse_other_kind(app, source)
    about = postgres_dumps.contents(app, _plain(app, source))
    if "patients" not in about.tables:
        raise CommandError(f"{source} is a dump, but not one of ours.")
    lost, is_old = _checked(app, source, about.revision, about.sample, at_hand)
    kept = None
    if used:
        kept = _free(app.settings.home / f"replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup")
        write_verified(app, kept, now=now)
    with _keys_aside(app) as current:
        chosen = current if at_hand and at_hand.are_current else at_hand.rows if at_hand else tuple
        app.db.engine.dispose()
        postgres_dumps.put_back(app, _plain(app, source), about, chosen())
        migrate(app.db)
        with app.db.write() as session:
            key_rows.put_in(session, chain(chosen(), current()))
    return kept, lost, is_old


@contextmanager
def _keys_aside(app: App) -> Iterator[Callable[[], Iterable[KeyRow]]]:
    """The keys of the database in use where the restore does not reach: it drops their table."""
    if not keys_at_hand.any_in(app):
        yield tuple
        return
    copy = key_copies.write_copy(app, app.settings.home, now=app.clock.now())
    yield lambda: key_copies.read_copy(copy)


def _plain(app: App, source: Path) -> Iterator[bytes]:
    if sealed_file.is_sealed(source):
        return sealed_file.read(source, app.db.keyring)
    return sqlite_files.chunks(source)
