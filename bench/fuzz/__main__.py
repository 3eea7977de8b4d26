"""`python -m bench.fuzz [TARGET ...] --runs N --seed S`: N inputs, shared out by weight. 1 where anything crashed."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import structlog

from bench.fuzz import catalogue
from bench.fuzz.target import Report, Target, fuzz


def main(arguments: Sequence[str]) -> int:
    """Fuzz the named targets, or all; print what was read and what was found."""
    asked = _parser().parse_args(arguments)
    logging.disable()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=True)
    with tempfile.TemporaryDirectory(prefix="luxe-fuzz-", dir=asked.folder) as folder:
        targets = catalogue.opened(asked.target, Path(folder))
        if asked.show is not None:
            return _show(targets, asked.seed, asked.show)
        reports = _run(targets, asked.runs, asked.seed, asked.first)
    total = sum(report.inputs for report in reports)
    found = sum(len(report.found) for report in reports)
    print(f"{total:,} inputs, {found} kinds of crashes")
    return int(found > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help=f"of: {', '.join(catalogue.NAMES)}")
    parser.add_argument("--runs", type=int, default=20_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input of each target")
    parser.add_argument(
        "--show", type=int, help="print this one input and read it, letting its crash through"
    )
    parser.add_argument("--folder", help="where databases are made: a folder in memory is faster")
    return parser


def _run(targets: Sequence[Target], runs: int, seed: int, first: int) -> list[Report]:
    whole = sum(target.weight for target in targets) or 1
    reports: list[Report] = []
    for target in targets:
        report = fuzz(target, runs * target.weight // whole or 1, seed, first)
        reports.append(report)
        _say(report)
    return reports


def _say(report: Report) -> None:
    rate = report.inputs / report.seconds if report.seconds else 0.0
    print(
        f"{report.name:14} {report.inputs:>9,} inputs {report.seconds:8.1f} s {rate:>8,.0f}/s"
        f"  slowest {report.slowest * 1000:,.0f} ms (number {report.slowest_number})",
        flush=True,
    )
    for found in report.found.values():
        shown = repr(found.input)
        cut = shown if len(shown) < 600 else f"{shown[:500]}... ({len(shown):,} letters)"
        print(
            f"    {found.times:>6,} times, first number {found.number}: {found.where}\n      {cut}",
            flush=True,
        )


def _show(targets: Sequence[Target], seed: int, number: int) -> int:
    for target in targets:
        made = target.make(Random(f"{seed}:{target.name}:{number}"))
        print(target.name, repr(made)[:3000])
        target.read(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
