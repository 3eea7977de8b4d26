"""`luxe backup` and `luxe restore`: the database in one file. The keyset is kept apart, on purpose."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import inspect, make_url, select

from core.app import App
from core.db.crypto import keyset_path
from core.db.engine import Database, connect
from core.flows.sending import confirming_database
from core.flows.upkeep import anchoring
from core.patients.tables import patients
from luxe.opening import CommandError
from luxe.running import refuse_while_running

KEYS_APART = (
    "The keys are not in it. Keep a copy of {path} in another place: without it the backup can't be read."
)


def backup(app: App, target: Path, *, force: bool) -> str:
    """Write the database to `target` while everything goes on; what to tell. Raises CommandError."""
    if target.exists() and not force:
        raise CommandError(f"{target} exists. Choose another file, or add --force to replace it.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        _copy_for_keeping(app, part) if app.db.is_sqlite else _pg_dump(app, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    keys = app.settings.keyset or str(keyset_path(None, app.settings.home))
    apart = "LUXE_KEYSET" if keys.lstrip().startswith("{") else keys
    return f"Wrote {target} ({target.stat().st_size / 1_000_000:,.1f} MB). {KEYS_APART.format(path=apart)}"


def restore(app: App, source: Path, *, force: bool) -> str:
    """Replace the database by `source`; what to tell. Raises CommandError."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    used = inspect(app.db.engine).get_table_names()
    if used:
        if "heartbeats" in used:
            refuse_while_running(app, "restore")
        if not force:
            raise CommandError("The database is not empty. Add --force to replace everything in it.")
    if app.db.is_sqlite:
        _check_sqlite(app, source)
        app.db.engine.dispose()
        _copy_sqlite(source, app.db.path)
    else:
        _pg_restore(app, source)
    _forbid_sending(app.db, app.clock.now())
    anchoring.restored(app, now=app.clock.now())
    return f"Restored {source}. Run 'luxe migrate', then 'luxe doctor'. Nothing is sent from it until 'luxe resume'."


def _forbid_sending(database: Database, now: datetime) -> None:
    """What the original sends after the backup was made, the copy would send again."""
    tables = inspect(database.engine)
    columns = tables.get_columns("switches") if tables.has_table("switches") else []
    if any(column["name"] == "stops" for column in columns):  # an older version's asks once it is migrated
        with database.write() as session:
            confirming_database.unbind(session, now=now)


def _copy_for_keeping(app: App, target: Path) -> None:
    """The copy itself says that it must not send: whoever puts it back may do so without us."""
    _copy_sqlite(app.db.path, target)
    copy = connect(f"sqlite:///{target.resolve()}", app.db.keyring)
    try:
        _forbid_sending(copy, app.clock.now())
    finally:
        copy.engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: one consistent state, however busy the database is."""
    with (
        contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as from_,
        contextlib.closing(sqlite3.connect(target)) as to,
    ):
        from_.backup(to)


def _check_sqlite(app: App, source: Path) -> None:
    """Raises CommandError where `source` is damaged, is something else, or was written with other keys."""
    try:
        with contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as file:
            verdict = file.execute("PRAGMA integrity_check").fetchone()[0]
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise CommandError(f"{source} is no backup of ours: {error}.") from error
    if verdict != "ok":
        raise CommandError(f"{source} is damaged: {verdict}.")
    if not {"patients", "alembic_version"} <= tables:
        raise CommandError(f"{source} is a database, but not one of ours.")
    _check_keys(app, source)


def _check_keys(app: App, source: Path) -> None:
    database = connect(f"sqlite:///{source.resolve()}", app.db.keyring)
    try:
        with database.read() as session:
            session.execute(select(patients.c.first_name).limit(1)).first()
    except (KeyError, InvalidTag) as error:
        raise CommandError(
            f"{source} was written with other keys. Put the keyset that belongs to it into place first."
        ) from error
    finally:
        database.engine.dispose()


def _pg_dump(app: App, target: Path) -> None:
    _run_tool("pg_dump", app, ["--format=custom", f"--file={target}"])


def _pg_restore(app: App, source: Path) -> None:
    _run_tool(
        "pg_restore", app, ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(source)]
    )


def _run_tool(name: str, app: App, arguments: list[str]) -> None:
    program = shutil.which(name)
    if program is None:
        raise CommandError(f"{name} is not installed. Install PostgreSQL's client programs, then try again.")
    address = make_url(app.settings.database)
    # The password travels by environment: the arguments of a process are there for every user to read.
    env = os.environ | ({"PGPASSWORD": str(address.password)} if address.password else {})
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(
        [program, f"--dbname={plain}", *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise CommandError(f"{name} failed: {words}")
