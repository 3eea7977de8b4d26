"""`python -m bench.booking_month --appointments 1000 --seed 1 [--days 30] [--database ADDRESS]`; exit 1 on any fault.

On SQLite one scheduler, on PostgreSQL (an empty database, emptied again) two in turn; both die now and then. The digest
of who got which words at which second is the same on both.
"""

import sys
import time
from datetime import timedelta

from bench.booking_month.run import BEGINS, Outcome, run
from bench.simulated import command
from bench.simulated.stand import empty_clinic


def main() -> int:
    """Play, print, judge."""
    parser = command.parser("bench.booking_month", __doc__, kills=4, busy=2)
    parser.add_argument("--appointments", type=int, default=1000)
    parser.add_argument("--days", type=float, default=30)
    options = parser.parse_args()
    began = time.monotonic()
    span, trouble = timedelta(days=options.days), command.trouble(options)
    with empty_clinic(options.database, BEGINS) as app:
        outcome = run(app, appointments=options.appointments, span=span, seed=options.seed, trouble=trouble)
    print(in_words(outcome, options.database, time.monotonic() - began))
    return int(outcome.faults > 0)


def in_words(outcome: Outcome, database_url: str, seconds: float) -> str:
    """What happened, what went out, what was wrong."""
    texts = f"{outcome.kinds.total()} texts to patients in {seconds:.0f} s"
    lines = [
        f"{command.where(database_url)}: {outcome.booked} visits, {texts}",
        "happened:",
        *command.counted(outcome.happened),
        "texts:",
        *command.counted(outcome.kinds),
        *command.judged(outcome.violations, outcome.digest),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
