"""`python -m bench.chaos --kills 1000 [--postgres] [--schedulers 2] [--seed N] [--without X] [--freeze] [--cut-off]`.

Exit 1 on a fault; with a safeguard taken out (`--without`), exit 1 when no fault was found.
"""

import argparse
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

from bench.chaos.fleet import Nursery
from bench.chaos.run import Plan, run
from bench.chaos.verdict import Verdict
from bench.chaos.worker import WITHOUT


def main() -> int:
    """Run, print one line and what was found; the exit code."""
    plan, keep = _read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is cleared away
    folder = Path(mkdtemp(prefix="luxe-chaos-"))
    began = time.monotonic()
    with closing(Nursery()) as nursery:
        verdict, strikes = run(plan, nursery, folder)
    print(in_words(plan, verdict, strikes, time.monotonic() - began))
    for line in verdict.why:
        print(f"  {line}")
    found = verdict.doubled + verdict.lost + verdict.after_cancel if plan.without else verdict.faults
    failed = found == 0 if plan.without else found > 0
    if keep or failed:
        print(f"  database and logs: {folder}")
    else:
        shutil.rmtree(folder)
    return int(failed)


def _read_arguments() -> tuple[Plan, bool]:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--postgres", action="store_true", help="a cluster of its own, killed too")
    parser.add_argument("--schedulers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=30, help="planned for each strike")
    parser.add_argument("--without", choices=WITHOUT, default="", help="take a safeguard out")
    parser.add_argument("--freeze", action="store_true", help="one strike in five freezes a scheduler")
    parser.add_argument("--cut-off", action="store_true", help="one strike in five cuts a scheduler off")
    parser.add_argument("--keep", action="store_true", help="keep the database and the logs")
    options = vars(parser.parse_args())
    keep = options.pop("keep")
    return Plan(**options), keep


def in_words(plan: Plan, verdict: Verdict, strikes: Counter[str], seconds: float) -> str:
    """The one line."""
    what = "PostgreSQL" if plan.postgres else "SQLite"
    without = f", without {plan.without}" if plan.without else ""
    hits = ", ".join(f"{name} {count}" for name, count in sorted(strikes.items()))
    return (
        f"{what}, {plan.schedulers} schedulers, seed {plan.seed}{without}: {sum(strikes.values())} strikes ({hits}); "
        f"{verdict.texts} texts, {verdict.at_provider} arrived; lost {verdict.lost}, doubled {verdict.doubled}, "
        f"after cancel {verdict.after_cancel} of {verdict.cancelled}, unsettled {verdict.unsettled}, "
        f"forms lost {verdict.forms_lost}; for a person {verdict.for_a_person}, later {verdict.later}, "
        f"adopted {verdict.adopted}, resent {verdict.resent}; {seconds:.0f} s, "
        f"{seconds / max(1, sum(strikes.values())):.2f} s a strike"
    )


if __name__ == "__main__":
    sys.exit(main())
