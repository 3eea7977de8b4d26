"""`python -m bench.booking_month --appointments 1000 --seed 1 [--days 30] [--database ADDRESS]`; exit 1 on any fault.

On SQLite one scheduler, on PostgreSQL (an empty database, emptied again) two in turn; both die now and then. The digest
of who got which words at which second is the same on both.
"""

import argparse
import sys
import time
from datetime import timedelta

from bench.booking_month.run import BEGINS, Outcome, run
from bench.simulated.schedulers import Trouble
from bench.simulated.stand import empty_clinic

MOST_SHOWN = 5


def main() -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.booking_month", description=__doc__)
    parser.add_argument("--appointments", type=int, default=1000)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=float, default=4, help="deaths for a hundred moments with texts")
    parser.add_argument(
        "--busy", type=float, default=2, help="of a hundred texts the provider says 'not now'"
    )
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    options = parser.parse_args()
    began = time.monotonic()
    with empty_clinic(options.database, BEGINS) as app:
        trouble = Trouble(("A", "B") if options.database else ("A",), options.kills, options.busy)
        span = timedelta(days=options.days)
        outcome = run(app, appointments=options.appointments, span=span, seed=options.seed, trouble=trouble)
    print(in_words(outcome, options.database, time.monotonic() - began))
    return int(outcome.faults > 0)


def in_words(outcome: Outcome, database_url: str, seconds: float) -> str:
    """What happened, what went out, what was wrong."""
    where = "PostgreSQL, two schedulers" if database_url else "SQLite"
    lines = [
        f"{where}: {outcome.booked} visits, {outcome.kinds.total()} texts to patients in {seconds:.0f} s"
    ]
    lines += ["happened:"] + [f"  {many:7} {what}" for what, many in sorted(outcome.happened.items())]
    lines += ["texts:"] + [f"  {many:7} {what}" for what, many in sorted(outcome.kinds.items())]
    lines.append(f"violations: {outcome.faults}")
    for kind, found in outcome.violations.items():
        lines += [f"  {len(found):7} {kind}", *(f"          {one}" for one in found[:MOST_SHOWN])]
    lines.append(f"digest: {outcome.digest}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
