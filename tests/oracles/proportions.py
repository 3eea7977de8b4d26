"""Compare the statistics of experiments with SciPy and statsmodels, or record what they say. The suite needs neither.

python -m venv FOLDER && FOLDER/bin/pip install scipy statsmodels
FOLDER/bin/python -m tests.oracles.proportions compare --cases 20000 --seed 2
FOLDER/bin/python -m tests.oracles.proportions record      # writes proportions.json anew
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.experiments import means, statistics

FILE = Path(__file__).with_suffix(".json")
RECORDED = 120
TOLERANCE = 1e-8
Case = dict[str, Any]


def recorded() -> list[tuple[Case, Any]]:
    return [(row["in"], row["out"]) for row in json.loads(FILE.read_text())]


def cases(seed: int, count: int) -> Iterator[Case]:
    """`function` and `args`; counts from a handful to millions, and none for which the others have no answer."""
    rng = random.Random(seed)
    for _ in range(count):
        function = rng.choice(list(MADE))
        yield {"function": function, "args": MADE[function](rng)}


def ours(case: Case) -> Any:
    """Plain numbers, in the order of `theirs`."""
    if case["function"] == "welch":
        first, second = (_sample(case["args"][name]) for name in ("first", "second"))
        found = means.welch(first, second, case["args"]["level"])
        return [found.difference, found.low, found.high, found.freedom]
    said = getattr(statistics, case["function"])(**case["args"])
    if isinstance(said, statistics.Comparison):
        return [said.z, said.p, said.diff, *said.wald, *said.newcombe]
    return [said.chi2, said.p] if isinstance(said, statistics.Split) else said


def theirs(case: Case) -> Any:
    return ASKED[case["function"]](**case["args"])


def close(first: Any, second: Any) -> bool:
    """By their ratio, the smallest tails too; only what is nothing to a float may differ."""
    pairs = zip(_flat(first), _flat(second), strict=True)
    return all(math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-12) for a, b in pairs)


def _flat(said: Any) -> list[float]:
    return list(said) if isinstance(said, list | tuple) else [said]


def _part(rng: random.Random) -> tuple[int, int]:
    n = round(10 ** rng.uniform(0, 6))
    return rng.choice([0, n, rng.randint(0, n), min(n, rng.randint(0, 20))]), n


def _two(rng: random.Random) -> Case:
    while True:
        (x1, n1), (x2, n2) = _part(rng), _part(rng)
        if 0 < x1 + x2 < n1 + n2:
            return {"x1": x1, "n1": n1, "x2": x2, "n2": n2}


def _one(rng: random.Random) -> Case:
    x, n = _part(rng)
    return {"x": x, "n": n, "level": rng.choice([0.8, 0.9, 0.95, 0.99, 0.999])}


def _size(rng: random.Random) -> Case:
    p1, p2 = rng.sample(range(1, 1000), 2)
    levels = {"alpha": rng.choice([0.01, 0.025, 0.05, 0.1]), "power": rng.choice([0.7, 0.8, 0.9, 0.95])}
    return {"p1": p1 / 1000, "p2": p2 / 1000} | levels


def _split(rng: random.Random) -> Case:
    parts = [rng.randint(1, 9) for _ in range(rng.randint(2, 8))]
    total = 10 ** rng.uniform(1, 6)
    counts = [round(total * part / sum(parts) * rng.uniform(0.8, 1.2)) for part in parts]
    return {"counts": [*counts[:-1], counts[-1] + 1], "shares": [part / sum(parts) for part in parts]}


def _means(rng: random.Random) -> Case:
    """Money, mostly nothing; each arm with two who differ, else there is no interval."""
    arms = [
        [rng.choice([0.0, round(rng.expovariate(1 / 400), 2)]) for _ in range(rng.randint(2, 40))]
        + [0.0, 250.0]
        for _ in range(2)
    ]
    return {"first": arms[0], "second": arms[1], "level": rng.choice([0.8, 0.9, 0.95, 0.99])}


def _sample(values: list[float]) -> means.Sample:
    return means.Sample(len(values), math.fsum(values), math.fsum(value * value for value in values))


def _asked_means(first: list[float], second: list[float], level: float) -> list[float]:
    from scipy.stats import ttest_ind

    said = ttest_ind(first, second, equal_var=False)
    interval = said.confidence_interval(level)
    difference = math.fsum(first) / len(first) - math.fsum(second) / len(second)
    return [difference, float(interval.low), float(interval.high), float(said.df)]


def _asked_two(x1: int, n1: int, x2: int, n2: int) -> list[float]:
    from statsmodels.stats import proportion

    z, p = proportion.proportions_ztest([x1, x2], [n1, n2])
    wald = proportion.confint_proportions_2indep(x1, n1, x2, n2, method="wald")
    newcombe = proportion.confint_proportions_2indep(x1, n1, x2, n2, method="newcomb")
    # Ours end where a difference of two shares must.
    return [
        *map(float, (z, p, x1 / n1 - x2 / n2)),
        *(max(-1.0, min(1.0, float(e))) for e in (*wald, *newcombe)),
    ]


def _asked_one(x: int, n: int, level: float) -> list[float]:
    from statsmodels.stats.proportion import proportion_confint

    return [float(end) for end in proportion_confint(x, n, 1 - level, method="wilson")]


def _asked_size(p1: float, p2: float, alpha: float, power: float) -> int:
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    others = {"alpha": alpha, "alternative": "two-sided"}
    size: float = samplesize_proportions_2indep_onetail(p1 - p2, p2, power, **others)
    return math.ceil(size)


def _asked_split(counts: list[int], shares: list[float]) -> list[float]:
    from scipy.stats import chisquare

    said = chisquare(counts, [sum(counts) * share for share in shares])
    return [float(said.statistic), float(said.pvalue)]


MADE: dict[str, Callable[[random.Random], Case]] = {
    "two_proportions": _two, "wilson": _one, "per_arm": _size, "srm": _split, "welch": _means,
}  # fmt: skip
ASKED: dict[str, Callable[..., Any]] = {
    "two_proportions": _asked_two, "wilson": _asked_one, "per_arm": _asked_size, "srm": _asked_split,
    "welch": _asked_means,
}  # fmt: skip


def compare(seed: int, count: int) -> int:
    """How many answers differ; the first are printed."""
    wrong = [case for case in cases(seed, count) if not close(ours(case), theirs(case))]
    print(f"{count} cases, {len(wrong)} differ")
    for case in wrong[:5]:
        print(f"  {case}\n  ours {ours(case)}\n  theirs {theirs(case)}")
    return len(wrong)


def record() -> None:
    rows = [json.dumps({"in": case, "out": theirs(case)}) for case in cases(1, RECORDED)]
    FILE.write_text("[\n" + ",\n".join(rows) + "\n]\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracles.proportions", description=__doc__)
    parser.add_argument("what", choices=("compare", "record"))
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    if given.what == "record":
        record()
        return 0
    return min(1, compare(given.seed, given.cases))


if __name__ == "__main__":
    sys.exit(main())
