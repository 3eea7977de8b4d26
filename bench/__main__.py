"""`make bench`: every measurement, one after the other, on SQLite and, where a server answers, on PostgreSQL.

The long runs (fourteen days at 600 times speed, 500 forms under SIGKILL) have commands of their own: see RESULTS.md.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.stage import ROOT

SERVER = "postgresql://postgres@127.0.0.1:5432"
DATABASE = "luxe_bench"


@contextmanager
def empty_postgres() -> Iterator[str]:
    """The address of an empty database of ours, or '' where no server answers."""
    try:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=2) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        print("PostgreSQL is left out: no server answers on 127.0.0.1:5432")
        yield ""
        return
    yield f"{SERVER}/{DATABASE}".replace("postgresql://", "postgresql+psycopg://")
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def run(*command: str) -> None:
    """One measurement in a process of its own, so that none warms up another."""
    print(f"\n== python -m {' '.join(command)}", flush=True)
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)
    print(f"   ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> None:
    """Run them all."""
    run("bench.dispatch_burst")
    run("bench.form_to_provider")
    run("bench.queue_page")
    run("bench.console_live")
    run("bench.processes")
    with empty_postgres() as url:
        if url:
            run("bench.dispatch_burst", url)
    with empty_postgres() as url:
        if url:
            run("bench.form_to_provider", "--database", url)


if __name__ == "__main__":
    main()
