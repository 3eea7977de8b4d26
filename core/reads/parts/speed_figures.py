"""What the leaderboard and the speed screen work out of many first contacts. Pure; docs/figures.md says it in words.

Sources: Wilson 1927 for one proportion (core/experiments/statistics.py); Zou and Donner 2008 (Stat Med 27:1693), MOVER,
for a weighted sum of proportions and the difference of two sums, from the ends of each one's interval.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from core.experiments.statistics import NORMAL, wilson

SLOWEST = 0.9  # nine of ten are no slower
MINUTE, HOUR = 60, 3600
RARE = 0.1  # of all: a temperature, treatment or form below it is not compared
LEAST_IN_STRATUM = 5  # people of one kind in a band, or it is not compared like for like
SEEN_WITHIN = 2 * MINUTE


@dataclass(frozen=True)
class Times:
    """Seconds: the median, and what nine of ten did not exceed, of so many."""

    median: float
    slowest: float
    many: int


def times(spans: Sequence[float]) -> Times | None:
    """None of nobody. The slowest tenth begins at the nearest rank: no value that nobody had is made up."""
    if not spans:
        return None
    ordered = sorted(spans)
    return Times(median(ordered), ordered[math.ceil(SLOWEST * len(ordered)) - 1], len(ordered))


@dataclass(frozen=True)
class Bands:
    """Ends of bands in seconds, each belonging to the band that it ends, and a name for each band: one more."""

    ends: tuple[int, ...]
    names: tuple[str, ...]

    def of(self, seconds: float) -> int:
        return bisect_left(self.ends, seconds)


FOUR_BANDS = Bands(
    (5 * MINUTE, 15 * MINUTE, HOUR), ("within 5 min", "5 to 15 min", "15 to 60 min", "over 1 h")
)
SIX_BANDS = Bands(
    (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR),
    ("to 1 min", "1 to 5", "5 to 15", "15 to 60", "1 to 4 h", "over 4 h"),
)


@dataclass(frozen=True)
class Rate:
    """What `part` of `of` people did, as a share from 0 to 1, or what they are worth on average; a 95 % interval.

    `rate` is None where it cannot be told.
    """

    part: int
    of: int
    rate: float | None
    low: float
    high: float


def rate(part: int, of: int) -> Rate:
    """A share as it was, with Wilson's interval."""
    if not of:
        return Rate(0, 0, None, 0.0, 1.0)
    low, high = wilson(part, of)
    return Rate(part, of, part / of, low, high)


def mean(values: Sequence[float]) -> Rate:
    """An average with its interval by the normal approximation, not below nothing; `part`: who is worth anything."""
    many, part = len(values), sum(value > 0 for value in values)
    if many < 2:
        return Rate(part, many, None, 0.0, 0.0)
    middle = fmean(values)
    variance = math.fsum((value - middle) ** 2 for value in values) / (many - 1)
    half = NORMAL.inv_cdf(0.975) * math.sqrt(variance / many)
    return Rate(part, many, middle, max(0.0, middle - half), middle + half)


def like_for_like(strata: Mapping[str, Rate], weights: Mapping[str, float]) -> Rate:
    """The figure that these would have with the whole's mix of temperatures, treatments or forms: `weights`, which add
    up to 1.

    Cannot be told where a kind that the whole has is too rare here to stand for it.
    """
    part, of = sum(one.part for one in strata.values()), sum(one.of for one in strata.values())
    if not comparable(strata, weights):
        return Rate(part, of, None, 0.0, 1.0)
    parts = [(weight, strata[name], strata[name].rate or 0.0) for name, weight in weights.items()]
    middle = sum(weight * value for weight, _, value in parts)
    below = math.hypot(*(weight * (value - one.low) for weight, one, value in parts))
    above = math.hypot(*(weight * (one.high - value) for weight, one, value in parts))
    return Rate(part, of, middle, max(0.0, middle - below), middle + above)


def comparable(strata: Mapping[str, Rate], weights: Mapping[str, float]) -> bool:
    """Whether each kind that the whole has is here often enough."""
    return bool(weights) and all(
        name in strata and strata[name].of >= LEAST_IN_STRATUM and strata[name].rate is not None
        for name in weights
    )


def mix(everybody: Mapping[str, int]) -> dict[str, float]:
    """Each kind's share of all that are compared: one that is less than a tenth of the whole is left out."""
    whole = sum(everybody.values())
    kept = {name: many for name, many in everybody.items() if many >= RARE * whole}
    return {name: many / sum(kept.values()) for name, many in kept.items()} if whole else {}


def difference(first: Rate, second: Rate) -> tuple[float, float, float] | None:
    """How much more the first is than the second, and the ends of that; None where either is not known."""
    if first.rate is None or second.rate is None:
        return None
    gap = first.rate - second.rate
    below = math.hypot(first.rate - first.low, second.high - second.rate)
    above = math.hypot(first.high - first.rate, second.rate - second.low)
    return gap, gap - below, gap + above


STEPS_A_DECADE = 6
HISTOGRAM = range(-21, 16)  # steps from the goal: a tenth of a second to a day for one of five minutes


@dataclass(frozen=True)
class Histogram:
    """How many fall into each stretch of a logarithmic axis; `ends[n]` to `ends[n + 1]` seconds for `counts[n]`.

    The goal is one of the ends. What lies beyond the axis counts at its end.
    """

    ends: tuple[float, ...]
    counts: tuple[int, ...]


def histogram(spans: Sequence[float], goal: float) -> Histogram:
    ends = ends_of(goal)
    counts = [0] * (len(ends) - 1)
    for span in spans:
        counts[stretch_of(span, ends)] += 1
    return Histogram(ends, tuple(counts))


def ends_of(goal: float) -> tuple[float, ...]:
    """The axis of a histogram."""
    return tuple(goal * 10 ** (step / STEPS_A_DECADE) for step in HISTOGRAM)


def stretch_of(span: float, ends: Sequence[float]) -> int:
    """Which stretch of the axis it falls into."""
    return min(len(ends) - 2, max(0, bisect_left(ends, span) - 1))
