"""The statistics of experiments, with the standard library alone. Pure.

Each function raises InvalidInput under the name of the argument that is wrong: a count is a whole number up to MOST, a
probability a number; true, false and NaN are neither.

Sources: Wilson 1927 (J Am Stat Assoc 22:209) for one proportion; Newcombe 1998 (Stat Med 17:873), method 10, for the
difference of two; Fleiss, Levin and Paik 2003 (Statistical Methods for Rates and Proportions, 3rd ed., chapter 4)
for the number of people; Abramowitz and Stegun 1964 (6.5.17, 6.5.21) for the tail of chi-square.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from core.domain.errors import InvalidInput

MOST = 2**53  # beyond it a float skips whole numbers
LEAST = 1e-12  # of what lies between 0 and 1, and of a difference: nearer to nothing, floats give out
ALARM_BELOW = 0.001
LEVEL, ALPHA, POWER = 0.95, 0.05, 0.8
NORMAL = NormalDist()

Interval = tuple[float, float]


@dataclass(frozen=True)
class Comparison:
    """Two proportions. `diff` is the first less the second; intervals of it have ends from -1 to 1."""

    z: float
    p: float
    diff: float
    wald: Interval
    newcombe: Interval


@dataclass(frozen=True)
class Split:
    """How far counts are from the shares they should have. `alarm`: chance alone hardly makes such a split."""

    chi2: float
    p: float
    alarm: bool


def two_proportions(x1: int, n1: int, x2: int, n2: int, level: float = LEVEL) -> Comparison:
    """x1 of n1 beside x2 of n2: the pooled z test, two-sided, and two intervals of p1 - p2.

    Neither is corrected for continuity. Where all or nobody in both did it, z is 0 and p is 1.
    """
    _check_part("x1", x1, "n1", n1)
    _check_part("x2", x2, "n2", n2)
    z_level = _z_of_level(level)
    p1, p2 = x1 / n1, x2 / n2
    pooled = (x1 + x2) / (n1 + n2)
    z = _ratio(p1 - p2, math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2)))
    half = z_level * math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return Comparison(
        z=z,
        p=math.erfc(abs(z) / math.sqrt(2)),
        diff=p1 - p2,
        wald=(max(-1.0, p1 - p2 - half), min(1.0, p1 - p2 + half)),
        newcombe=_newcombe(p1, wilson(x1, n1, level), p2, wilson(x2, n2, level)),
    )


def wilson(x: int, n: int, level: float = LEVEL) -> Interval:
    """Wilson's score interval of x of n, not corrected for continuity; ends from 0 to 1."""
    _check_part("x", x, "n", n)
    z = _z_of_level(level)
    share, z2 = x / n, z * z / n
    centre = (share + z2 / 2) / (1 + z2)
    half = z * math.sqrt(share * (1 - share) / n + z2 / (4 * n)) / (1 + z2)
    low = 0.0 if x == 0 else max(0.0, centre - half)
    high = 1.0 if x == n else min(1.0, centre + half)
    return low, high


def per_arm(p1: float, p2: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """How many people each of two arms needs for the pooled z test, two-sided, to see p1 and p2 apart.

    Rounded up. The spread is pooled where alpha is spent and each arm's own where power is won, not corrected for
    continuity: what R's power.prop.test and statsmodels' samplesize_proportions_2indep_onetail answer. Taking each
    arm's own spread in both places (1,468 instead of 1,471 for 35 % and 40 %), or the baseline's alone, as some
    calculators do, is another formula than that of the test.
    """
    _check_probability("p1", p1)
    _check_probability("p2", p2)
    _check_inside("alpha", alpha)
    _check_inside("power", power)
    difference = abs(p1 - p2)
    if difference < LEAST:
        raise InvalidInput.of("p2", "p1 and p2 are equal: no number of people would show a difference.")
    if power <= alpha:
        raise InvalidInput.of(
            "power", "Power is more than alpha: a real difference is seen oftener than none."
        )
    mean = (p1 + p2) / 2
    pooled = math.sqrt(2 * mean * (1 - mean))
    own = math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    root = (-NORMAL.inv_cdf(alpha / 2) * pooled + NORMAL.inv_cdf(power) * own) / difference
    return math.ceil(root * root)


def srm(counts: Sequence[int], shares: Sequence[float]) -> Split:
    """Whether people were split as planned (sample-ratio mismatch): chi-square goodness of fit over the arms.

    `shares` add up to 1. `alarm` at p below 0.001: then the split is broken and no result of it is to be read.
    """
    _check_arms(counts, shares)
    total = sum(counts)
    chi2 = math.fsum(
        (count - total * share) ** 2 / (total * share) for count, share in zip(counts, shares, strict=True)
    )
    p = chi_square_tail(chi2, len(counts) - 1)
    return Split(chi2, p, p < ALARM_BELOW)


def chi_square_tail(chi2: float, freedom: int) -> float:
    """The chance of `chi2` or more with so many degrees of freedom: Q(freedom / 2, chi2 / 2).

    The regularized upper incomplete gamma function by its recurrence Q(a + 1, x) = Q(a, x) + x^a e^-x / Gamma(a + 1),
    from Q(1/2, x) = erfc(sqrt x) or Q(1, x) = e^-x. All terms are positive, so nothing cancels.
    """
    if chi2 <= 0:
        return 1.0
    x = chi2 / 2
    start, tail = (0.5, math.erfc(math.sqrt(x))) if freedom % 2 else (1.0, math.exp(-x))
    terms = (start + step for step in range((freedom - 1) // 2))
    more = math.fsum(math.exp(a * math.log(x) - x - math.lgamma(a + 1)) for a in terms)
    return min(1.0, tail + more)


def _newcombe(p1: float, first: Interval, p2: float, second: Interval) -> Interval:
    """The hybrid score interval: how far each proportion may be from its Wilson ends, put together as sides of a
    right angle."""
    below = math.hypot(p1 - first[0], second[1] - p2)
    above = math.hypot(first[1] - p1, p2 - second[0])
    return max(-1.0, p1 - p2 - below), min(1.0, p1 - p2 + above)


def _ratio(difference: float, error: float) -> float:
    return difference / error if error else 0.0


def _z_of_level(level: float) -> float:
    """Asked of the lower tail: 1 less a little is rounded, the little is not."""
    _check_inside("level", level)
    return -NORMAL.inv_cdf((1 - level) / 2)


def _check_arms(counts: Sequence[int], shares: Sequence[float]) -> None:
    _check_list("counts", counts)
    _check_list("shares", shares)
    if len(counts) < 2:
        raise InvalidInput.of("counts", "counts has two arms at least.")
    if len(shares) != len(counts):
        raise InvalidInput.of("shares", f"shares has one for each count: {len(counts)}, not {len(shares)}.")
    for count in counts:
        _check_count("counts", count)
    if not any(counts):
        raise InvalidInput.of("counts", "counts has nobody in it.")
    for share in shares:
        _check_inside("shares", share)
    if not math.isclose(math.fsum(shares), 1, abs_tol=1e-9):
        raise InvalidInput.of("shares", f"shares add up to 1, not to {math.fsum(shares):g}.")


def _check_list(name: str, value: Any) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InvalidInput.of(name, f"{name} is a list.")


def _check_part(part: str, x: int, whole: str, n: int) -> None:
    _check_count(whole, n)
    _check_count(part, x)
    if n == 0:
        raise InvalidInput.of(whole, f"{whole} is 1 or more.")
    if x > n:
        raise InvalidInput.of(part, f"{part} is {whole} at most.")


def _check_count(name: str, value: Any) -> None:
    """true is 1 to Python, but nobody who counts."""
    if type(value) is not int or not 0 <= value <= MOST:
        raise InvalidInput.of(name, f"{name} is a whole number, from 0 to {MOST}.")


def _check_inside(name: str, value: Any) -> None:
    if not LEAST <= _number(name, value) < 1:
        raise InvalidInput.of(name, f"{name}: between 0 and 1, not {value:g}.")


def _check_probability(name: str, value: Any) -> None:
    if not 0 <= _number(name, value) <= 1:
        raise InvalidInput.of(name, f"{name} is a probability, from 0 to 1, not {value:g}.")


def _number(name: str, value: Any) -> float:
    """An int too, but none that is too large for a float."""
    if type(value) not in (int, float) or not -MOST <= value <= MOST:
        raise InvalidInput.of(name, f"{name} is a number.")
    return float(value)
