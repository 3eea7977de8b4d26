"""Means with their intervals, and the difference of two, with the standard library alone. Pure.

Sources: Student 1908 (Biometrika 6:1) for the interval of one mean; Welch 1947 (Biometrika 34:28) with the degrees of
freedom of Satterthwaite 1946 (Biometrics 2:110) for the difference of two whose spread differs; NIST DLMF 8.17.22 for
the continued fraction of the incomplete beta function, by Lentz's way (Thompson and Barnett 1986), of which Student's
distribution is made (Abramowitz and Stegun 1964, 26.7.1). Money is skewed: with the hundreds of people that an
experiment takes, the mean is near enough to normal for these; with a handful it is not, and none is told (`LEAST`).
"""

import math
from dataclasses import dataclass

from core.domain.errors import InvalidInput
from core.experiments.statistics import LEVEL, NORMAL, Interval

LEAST = 30  # people, below whom a mean of money says nothing
TURNS, NEAR, TINY = 20_000, 1e-15, 1e-300
NORMAL_FROM = 1e7  # degrees of freedom: from there on Student's curve is the normal one to seven places


@dataclass(frozen=True)
class Sample:
    """`n` people, the sum of what each brought, and the sum of the squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of one person, about the mean; 0 below two people. Never below nothing, whatever rounding does."""
        if self.n < 2:
            return 0.0
        return max(0.0, (self.squares - self.total * self.mean) / (self.n - 1))


@dataclass(frozen=True)
class MeanDifference:
    """The first mean less the second, `freedom`: of Satterthwaite, 0 where nothing varies."""

    difference: float
    low: float
    high: float
    freedom: float


def mean_interval(sample: Sample, level: float = LEVEL) -> Interval:
    """Where the mean of all such people lies. Raises InvalidInput(n) below two people."""
    _check(sample)
    half = t_quantile((1 + level) / 2, sample.n - 1) * math.sqrt(sample.variance / sample.n)
    return sample.mean - half, sample.mean + half


def welch(first: Sample, second: Sample, level: float = LEVEL) -> MeanDifference:
    """Raises InvalidInput(n) below two people in either."""
    _check(first)
    _check(second)
    a, b = first.variance / first.n, second.variance / second.n
    difference = first.mean - second.mean
    if a + b <= 0:
        return MeanDifference(difference, difference, difference, 0.0)
    freedom = (a + b) ** 2 / (a * a / (first.n - 1) + b * b / (second.n - 1))
    half = t_quantile((1 + level) / 2, freedom) * math.sqrt(a + b)
    return MeanDifference(difference, difference - half, difference + half, freedom)


def t_quantile(p: float, freedom: float) -> float:
    """The t below which Student's distribution has `p` of its area, p from 0.5 to below 1."""
    if not 0.5 <= p < 1:
        raise InvalidInput.of("p", "From 0.5 to below 1.")
    if freedom >= NORMAL_FROM:
        return NORMAL.inv_cdf(p)
    low, high = 0.0, 1.0
    while t_below(high, freedom) < p:
        low, high = high, 2 * high
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_below(middle, freedom) < p else (low, middle)
    return (low + high) / 2


def t_below(t: float, freedom: float) -> float:
    """The area below a `t` of 0 or more."""
    return 1 - incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b), the regularized one. The fraction converges fast below the mean; above, the other end is taken."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """DLMF 8.17.22, without its first part."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, TURNS):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _away(1 + part * d), _away(1 + part / c)
            found *= c * d
        if abs(c * d - 1) < NEAR:
            break
    return found


def _away(value: float) -> float:
    """Never nothing, by which one could not divide."""
    return value if abs(value) > TINY else TINY


def _check(sample: Sample) -> None:
    if sample.n < 2:
        raise InvalidInput.of("n", "A mean with an interval takes two people at least.")
