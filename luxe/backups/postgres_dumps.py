"""A backup of PostgreSQL, with the server's own programs; nothing of it lies on the disk in the clear.

A dump is read, and put back, as the script that `pg_restore` makes of it: so it is looked at before anything is
touched, and dump and data keys come back in one transaction.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy import make_url

from core.app import App
from core.db.key_rows import KeyRow
from core.db.schema import metadata
from luxe.backups.sampling import Spread, Stored, secret_columns
from luxe.opening import CommandError

READ = 1 << 20
END = b"\\.\n"
NOTHING = b"\\N"


@dataclass
class Contents:
    """What a dump holds: its schema's revision, the name in front of its tables, and a sample."""

    revision: str = ""
    prefix: str = ""
    tables: set[str] = field(default_factory=set)
    sample: list[Stored] = field(default_factory=list)


def dump(app: App) -> Iterator[bytes]:
    """Everything but the data keys, while everything goes on. Raises CommandError."""
    arguments = ["--format=custom", "--exclude-table-data=data_keys", *_address(app)]
    with _started("pg_dump", app, arguments) as process:
        while piece := _pipe(process.stdout).read(READ):
            yield piece


def contents(app: App, plain: Iterable[bytes]) -> Contents:
    """Read a dump from end to end. Raises CommandError where it can't be read."""
    return _read_script(_as_script(app, plain))


def _read_script(script: Iterator[bytes]) -> Contents:
    found = Contents()
    for line in script:
        if not line.startswith(b"COPY ") or not line.endswith(b" FROM stdin;\n"):
            continue
        name, columns = _copy_of(line)
        found.prefix, _, table = name.rpartition(".")
        found.tables.add(table)
        rows = _rows(script)
        if table == "alembic_version":
            found.revision = next(rows)[0].decode()
        elif table in secret_columns():
            found.sample += _sample(table, columns, rows)
        for _ in rows:  # up to the end of this table, whatever was of interest
            pass
    return found


def _copy_of(line: bytes) -> tuple[str, list[str]]:
    """COPY public.patients (id, first_name) FROM stdin;"""
    name, _, columns = line.decode().removeprefix("COPY ").partition(" (")
    return name.replace('"', ""), [part.strip(' "') for part in columns.rpartition(")")[0].split(",")]


def _rows(script: Iterator[bytes]) -> Iterator[list[bytes]]:
    for line in script:
        if line == END:
            return
        yield line.rstrip(b"\n").split(b"\t")
    raise CommandError("The dump ends in the middle of a table.")


def _sample(table: str, columns: list[str], rows: Iterator[list[bytes]]) -> Iterator[Stored]:
    names = [name for name in secret_columns()[table] if {name, "id"} <= set(columns)]
    if not names:  # an earlier version's table
        return
    at, id_at = {name: columns.index(name) for name in names}, columns.index("id")
    spreads = {name: Spread[tuple[bytes, bytes]]() for name in names}
    for row in rows:
        for name in names:
            if row[at[name]] != NOTHING:
                spreads[name].offer((row[id_at], row[at[name]]))
    for name, spread in spreads.items():
        for row_id, value in spread.items():
            yield Stored(table, name, row_id.decode(), bytes.fromhex(value.decode().removeprefix("\\\\x")))


def put_back(app: App, plain: Iterable[bytes], about: Contents, keys: Iterable[KeyRow]) -> None:
    """Replace the database by a dump and these data keys, in one transaction. Raises CommandError."""
    arguments = ["--single-transaction", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", *_address(app)]
    script = _whole_script(_as_script(app, plain), about, keys)
    with _started("psql", app, arguments, feed=True) as psql:
        _feed(psql, script)


def _feed(process: "subprocess.Popen[bytes]", chunks: Iterable[bytes]) -> None:
    """Hand all of it to a program. One that ends before that says why by its exit code and words, which are read."""
    with contextlib.suppress(BrokenPipeError):
        _pipe(process.stdin).writelines(chunks)
        _pipe(process.stdin).close()


def _whole_script(script: Iterator[bytes], about: Contents, keys: Iterable[KeyRow]) -> Iterator[bytes]:
    # Tables of a newer version would be left over, and be in the way of its migrations later.
    for table in metadata.tables:
        yield f'DROP TABLE IF EXISTS {about.prefix}."{table}" CASCADE;\n'.encode()
    yield from script
    if "data_keys" in about.tables:
        yield f"COPY {about.prefix}.data_keys (id, subject, wrapped) FROM stdin;\n".encode()
        for key in keys:
            yield f"{key.id}\t{key.subject}\t\\\\x{key.wrapped.hex()}\n".encode()
        yield END


def _as_script(app: App, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The SQL of a dump, line by line, while it is handed to `pg_restore` from another thread.

    Raises CommandError at its end where something was wrong: a script that just ended would be taken for a whole one.
    """
    arguments = ["--clean", "--if-exists", "--no-owner", "--file=-"]
    with _started("pg_restore", app, arguments, feed=True) as process:
        feeder = _Feeder(process, plain)
        feeder.start()
        yield from _pipe(process.stdout)
        feeder.join()
        if feeder.failed:
            raise feeder.failed


class _Feeder(threading.Thread):
    """Hands chunks to a program; what they raise is kept, and the program is ended."""

    def __init__(self, process: "subprocess.Popen[bytes]", plain: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self.failed: BaseException | None = None
        self._process, self._plain = process, plain

    def run(self) -> None:
        try:
            _feed(self._process, self._plain)
        except BaseException as error:
            self.failed = error
            self._process.kill()


@contextlib.contextmanager
def _started(
    name: str, app: App, arguments: list[str], *, feed: bool = False
) -> Iterator["subprocess.Popen[bytes]"]:
    program = shutil.which(name)
    if program is None:
        raise CommandError(f"{name} is not installed. Install PostgreSQL's client programs, then try again.")
    # The password travels by environment: the arguments of a process are there for every user to read.
    password = make_url(app.settings.database).password
    env = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [program, *arguments],
            env=env,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if name == "psql" else subprocess.PIPE,
            stderr=said,
        )
        try:
            yield process
        except BaseException:
            process.kill()  # before its input is closed: psql would take half a script for a whole one, and commit
            process.wait()
            raise
        if process.wait() != 0:
            raise CommandError(f"{name} failed: {_last_words(said)}")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("this program was started without it")
    return pipe


def _last_words(said: IO[Any]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return str(lines[-1]) if lines else "it gave no reason"


def _address(app: App) -> list[str]:
    address = make_url(app.settings.database)
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return [f"--dbname={plain}"]
