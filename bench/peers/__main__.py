"""`python -m bench.peers [--engines a,b] [--measures burst,crash] [--rounds N]`: all engines in turn, in one run."""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from statistics import median

from bench.peers.engines import ENGINES, Engine, prepare_venv
from bench.peers.measures import MEASURES, Figures, Sizes
from bench.peers.servers import missing
from bench.stage import ROOT

RESULT = ROOT / "var" / "bench-peers.json"
SUMMED = {"kills", "crash_texts", "lost", "doubled"}
COLUMNS = {
    "burst": ("burst_per_second", "worker_cpu_ms", "server_cpu_ms", "at_once", "burst_missing"),
    "lateness": ("late_p50_ms", "late_p99_ms", "late_missing"),
    "instant": ("instant_p50_ms", "instant_p99_ms", "instant_missing"),
    "crash": ("kills", "crash_texts", "lost", "doubled"),
}
TITLES = {
    "burst_per_second": "burst /s",
    "worker_cpu_ms": "CPU ms/text, worker",
    "server_cpu_ms": "server",
    "late_p50_ms": "late p50 ms",
    "late_p99_ms": "p99",
    "instant_p50_ms": "instant p50 ms",
    "instant_p99_ms": "p99",
    "crash_texts": "texts",
}

Rounds = dict[str, dict[str, list[float]]]


def run(engines: list[Engine], measures: list[str], rounds: int, crash_rounds: int, sizes: Sizes) -> Rounds:
    """Every figure of every round, by engine and figure. What fails is said and left out."""
    figures: Rounds = defaultdict(lambda: defaultdict(list))
    for number in range(max(rounds, crash_rounds)):
        for measure in measures:
            if number >= (crash_rounds if measure == "crash" else rounds):
                continue
            for engine in engines:
                for name, value in _one(engine, measure, sizes).items():
                    figures[engine.name][name].append(value)
                RESULT.write_text(json.dumps(figures, indent=1))
    return figures


def _one(engine: Engine, measure: str, sizes: Sizes) -> Figures:
    began, load = time.monotonic(), os.getloadavg()[0]
    try:
        found = MEASURES[measure](engine, sizes)
    except (RuntimeError, TimeoutError, OSError) as error:
        print(f"{measure} {engine.name}: failed: {error}", flush=True)
        return {}
    words = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    print(f"{measure} {engine.name}: {words} ({time.monotonic() - began:.0f} s, load {load:.1f})", flush=True)
    return found


def table(figures: Rounds, measures: list[str]) -> str:
    """Markdown: an engine a line; medians of the rounds, and sums where texts were counted."""
    columns = [column for measure in measures for column in COLUMNS[measure]]
    columns = [c for c in columns if not c.endswith("_missing") or any(any(f[c]) for f in figures.values())]
    titles = [TITLES.get(column, column.replace("_", " ")) for column in columns]
    lines = [["engine", *titles], ["---"] * (len(columns) + 1)]
    lines += [[name, *(_cell(found[c], c) for c in columns)] for name, found in figures.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(values: list[float], column: str) -> str:
    if not values:
        return "-"
    if column in SUMMED or column.endswith("_missing"):
        return f"{sum(values):.0f}"
    value = median(values)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _chosen(text: str, known: list[str]) -> list[str]:
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"{', '.join(unknown)} is not known; there is: {', '.join(known)}")
    return names or known


def main() -> None:
    """Run, print the table, write every figure to var/."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="", help=", ".join(engine.name for engine in ENGINES))
    parser.add_argument("--measures", default="", help=", ".join(MEASURES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--crash-rounds", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size, to try things out")
    options = parser.parse_args()
    names = _chosen(options.engines, [engine.name for engine in ENGINES])
    engines = [engine for engine in ENGINES if engine.name in names]
    measures = _chosen(options.measures, list(MEASURES))
    if problem := missing({engine.store for engine in engines}):
        sys.exit(problem)
    prepare_venv()
    sizes = Sizes() if options.share == 1 else Sizes().smaller(options.share)
    RESULT.parent.mkdir(exist_ok=True)
    figures = run(engines, measures, options.rounds, options.crash_rounds, sizes)
    print(f"\n{table(figures, measures)}\n\nevery round: {RESULT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
