"""`make bench`: every measurement, one after the other, on SQLite and, where a server answers, on PostgreSQL.

The long runs have commands of their own: `python -m bench.chaos` (processes killed at random),
`python -m bench.peers` (beside other queues; `python -m bench.picture` draws what it found) and
`python -m bench.sequence_600` (fourteen days at 600 times speed).
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from bench.stage import ROOT

SERVER = "postgresql://postgres@127.0.0.1:5432"
DATABASE = "luxe_bench"


@dataclass(frozen=True)
class Measurement:
    """A command. `flag` takes PostgreSQL's address; `both`: with it SQLite is measured in the same run."""

    module: str
    what: str
    flag: str = ""
    both: bool = False


MEASUREMENTS = (
    Measurement(
        "bench.dispatch_burst", "5,000 texts due at once, beside a bare loop; CPU", "--postgres", both=True
    ),
    Measurement("bench.timing", "lateness, pacing, and a scheduler at rest", "--postgres", both=True),
    Measurement("bench.enqueue", "texts planned in bulk", "--postgres", both=True),
    Measurement("bench.form_to_provider", "from a form's POST to the provider", "--database"),
    Measurement(
        "bench.sealing", "100,000 patients sealed under keys of their own, beside forms", "--database"
    ),
    Measurement("bench.queue_page", "the lead queue with 100,000 patients"),
    Measurement(
        "bench.leaderboard",
        "leaderboard and speed over 40,000 clocks and a long history",
        "--postgres",
        both=True,
    ),
    Measurement("bench.inbox_page", "the inbox with 20,000 conversations and 100,000 texts"),
    Measurement("bench.inbox_live", "from a patient's text to 20 consoles in the inbox"),
    Measurement("bench.console_live", "from a commit to the screen, with 60 open consoles"),
    Measurement("bench.sla_live", "the same on the SLA monitor, with 500 open leads"),
    Measurement("bench.replies", "how well patients' texts are read: precision, recall, speed"),
    Measurement("bench.processes", "start-up and memory of each process"),
    Measurement("bench.try_lines", "10,000 lines of each kind that luxe try knows"),
)


@contextmanager
def empty_postgres() -> Iterator[str]:
    """The address of an empty database of ours, or '' where no server answers."""
    try:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=2) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        print("PostgreSQL is left out: no server answers on 127.0.0.1:5432", flush=True)
        yield ""
        return
    try:
        yield f"{SERVER}/{DATABASE}".replace("postgresql://", "postgresql+psycopg://")
    finally:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def run(measurement: Measurement) -> None:
    """On SQLite, and where it knows PostgreSQL on that."""
    if not measurement.flag:
        return command(measurement)
    if not measurement.both:
        command(measurement)
    with empty_postgres() as url:
        if url:
            command(measurement, measurement.flag, url)
        elif measurement.both:
            command(measurement)


def command(measurement: Measurement, *options: str) -> None:
    """In a process of its own, so that none warms up another. Raises CalledProcessError."""
    print(f"\n== {measurement.what}: python -m {' '.join([measurement.module, *options])}", flush=True)
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", measurement.module, *options], cwd=ROOT, check=True)
    print(f"   ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> int:
    """Run them all, or those whose names are given; 1 where one could not be measured."""
    wanted = {f"bench.{name.removeprefix('bench.')}" for name in sys.argv[1:]}
    if unknown := wanted - {measurement.module for measurement in MEASUREMENTS}:
        print(f"{', '.join(sorted(unknown))} is not known; there is:", *(m.module for m in MEASUREMENTS))
        return 2
    failed = []
    for measurement in MEASUREMENTS:
        if wanted and measurement.module not in wanted:
            continue
        try:
            run(measurement)
        except subprocess.CalledProcessError:
            failed.append(measurement.module)
    if failed:
        print(f"\nnot measured: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
