"""`python -m bench.six_weeks --patients 2000 --seed 1 [--weeks 6] [--database ADDRESS]`; exit 1 on any fault.

On SQLite one scheduler, on PostgreSQL (an empty database, emptied again) two in turn. The digest of who got which words
at which second is the same on both.
"""

import argparse
import sys
import time
from datetime import timedelta

from bench.simulated.schedulers import Trouble
from bench.simulated.stand import empty_clinic
from bench.six_weeks.run import BEGINS, Outcome, run


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
    with empty_clinic(options.database, BEGINS) as app:
        names = ("A", "B") if options.database else ("A",)
        trouble = Trouble(names, options.kills, options.busy)
        outcome = run(app, patients=options.patients, span=span, seed=options.seed, trouble=trouble)
    print(in_words(outcome, options.database, time.monotonic() - began))
    return int(outcome.faults > 0)


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
