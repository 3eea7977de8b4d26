"""`python -m bench.six_weeks --patients 2000 --seed 1 [--weeks 6] [--database ADDRESS]`; exit 1 on any fault.

On SQLite one scheduler, on PostgreSQL (an empty database, emptied again) two in turn. The digest of who got which words
at which second is the same on both.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, make_url

from bench import stage
from bench.six_weeks.run import BEGINS, Outcome, run
from bench.six_weeks.schedulers import Trouble
from core.app import App
from core.db.migrate import migrate
from tests.factories import add_rules, add_staff

MONTH = timedelta(days=30)


def main() -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.six_weeks", description=__doc__)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--weeks", type=float, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=float, default=2, help="deaths for a hundred moments with texts")
    parser.add_argument(
        "--busy", type=float, default=1, help="of a hundred texts the provider says 'not now'"
    )
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    options = parser.parse_args()
    began = time.monotonic()
    span = timedelta(weeks=options.weeks)
    with clinic(options.database) as app:
        names = ("A", "B") if options.database else ("A",)
        trouble = Trouble(names, options.kills, options.busy)
        outcome = run(app, patients=options.patients, span=span, seed=options.seed, trouble=trouble)
    print(in_words(outcome, options.database, time.monotonic() - began))
    return int(outcome.faults > 0)


@contextmanager
def clinic(database_url: str = "") -> Iterator[App]:
    """The product on an empty database, with the demo's staff and rules; nothing waits for a disk."""
    if database_url:
        relaxed = make_url(database_url).update_query_dict({"options": "-csynchronous_commit=off"})
        database_url = relaxed.render_as_string(hide_password=False)
    with stage.home() as folder, stage.cleared(database_url):
        app = stage.app_in(stage.settings_env(folder, 1, LUXE_DATABASE_URL=database_url))
        migrate(app.db)
        app.db.engine.dispose()
        if app.db.is_sqlite:
            event.listen(app.db.engine, "connect", _do_not_wait_for_the_disk)
        with app.db.write() as session:
            add_staff(session, BEGINS - MONTH)
            add_rules(session, BEGINS - MONTH)
        yield app
        app.db.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def in_words(outcome: Outcome, database_url: str, seconds: float) -> str:
    """What happened, what went out, what was wrong."""
    where = "PostgreSQL, two schedulers" if database_url else "SQLite"
    lines = [f"{where}: {outcome.texts} texts to patients in {seconds:.0f} s"]
    lines += ["happened:"] + [f"  {many:7} {what}" for what, many in sorted(outcome.happened.items())]
    lines += ["texts of each sequence:"] + [
        f"  {many:7} {key}" for key, many in sorted(outcome.sequences.items())
    ]
    lines += ["moved:"] + [f"  {many:7} {why}" for why, many in sorted(outcome.held.items())]
    lines.append(f"violations: {outcome.faults}")
    for kind, found in outcome.violations.items():
        lines += [f"  {len(found):7} {kind}", *(f"          {one}" for one in found[:3])]
    lines.append(f"digest: {outcome.digest}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
