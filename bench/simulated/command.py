"""What the commands that play a clinic have in common: their options, and how they say what was wrong."""

import argparse
from collections.abc import Mapping, Sequence

from bench.simulated.schedulers import Trouble

MOST_SHOWN = 5


def parser(name: str, doc: str | None, *, kills: float, busy: float) -> argparse.ArgumentParser:
    """With the options of each; `kills` and `busy` are what they are unless somebody says otherwise."""
    made = argparse.ArgumentParser(prog=f"python -m {name}", description=doc)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--kills", type=float, default=kills, help="deaths for a hundred moments with texts")
    made.add_argument(
        "--busy", type=float, default=busy, help="of a hundred texts the provider says 'not now'"
    )
    made.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    return made


def trouble(options: argparse.Namespace) -> Trouble:
    """On SQLite one scheduler, on PostgreSQL two in turn."""
    return Trouble(("A", "B") if options.database else ("A",), options.kills, options.busy)


def where(database_url: str) -> str:
    return "PostgreSQL, two schedulers" if database_url else "SQLite"


def counted(counts: Mapping[str, int]) -> list[str]:
    """A line for each, in order of their names."""
    return [f"  {many:7} {what}" for what, many in sorted(counts.items())]


def judged(violations: Mapping[str, Sequence[str]], digest: str) -> list[str]:
    """The last lines: how many violations, the first of each kind, the digest."""
    lines = [f"violations: {sum(map(len, violations.values()))}"]
    for kind, found in violations.items():
        lines += [f"  {len(found):7} {kind}", *(f"          {one}" for one in found[:MOST_SHOWN])]
    return [*lines, f"digest: {digest}"]
