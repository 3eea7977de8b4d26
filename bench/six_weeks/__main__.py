"""`python -m bench.six_weeks --patients 2000 --seed 1 [--weeks 6] [--database ADDRESS]`; exit 1 on any fault.

On SQLite one scheduler, on PostgreSQL (an empty database, emptied again) two in turn. The digest of who got which words
at which second is the same on both.
"""

import sys
import time
from datetime import timedelta

from bench.simulated import command
from bench.simulated.stand import empty_clinic
from bench.six_weeks.run import BEGINS, Outcome, run


def main() -> int:
    """Play, print, judge."""
    parser = command.parser("bench.six_weeks", __doc__, kills=2, busy=1)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--weeks", type=float, default=6)
    options = parser.parse_args()
    began = time.monotonic()
    span, trouble = timedelta(weeks=options.weeks), command.trouble(options)
    with empty_clinic(options.database, BEGINS) as app:
        outcome = run(app, patients=options.patients, span=span, seed=options.seed, trouble=trouble)
    print(in_words(outcome, options.database, time.monotonic() - began))
    return int(outcome.faults > 0)


def in_words(outcome: Outcome, database_url: str, seconds: float) -> str:
    """What happened, what went out, what was wrong."""
    lines = [
        f"{command.where(database_url)}: {outcome.texts} texts to patients in {seconds:.0f} s",
        "happened:",
        *command.counted(outcome.happened),
        "texts of each sequence:",
        *command.counted(outcome.sequences),
        "moved:",
        *command.counted(outcome.held),
        *command.judged(outcome.violations, outcome.digest),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
