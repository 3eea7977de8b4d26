"""Means of money with their intervals: as R, tables and the area under the curve have them."""

import math
import random
from collections.abc import Callable

import pytest

from core.domain.errors import InvalidInput
from core.experiments.means import Sample, incomplete_beta, mean_interval, t_below, t_quantile, welch

# R's `sleep`: hours of sleep that two drugs gave ten people each (Student 1908).
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def sample(values: tuple[float, ...]) -> Sample:
    return Sample(len(values), math.fsum(values), math.fsum(value * value for value in values))


def test_the_difference_is_as_r_prints_it() -> None:
    """t.test(extra ~ group, data = sleep): 95 percent -3.3654832 to 0.2054832, df = 17.776."""
    said = welch(sample(FIRST), sample(SECOND))
    assert said.difference == pytest.approx(-1.58)
    assert (said.low, said.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)
    assert said.freedom == pytest.approx(17.776, abs=5e-4)


def test_the_interval_of_one_mean_is_as_r_prints_it() -> None:
    """t.test(sleep$extra[1:10]): 95 percent -0.5297804 to 2.0297804."""
    assert mean_interval(sample(FIRST)) == pytest.approx((-0.5297804, 2.0297804), abs=5e-8)


@pytest.mark.parametrize(
    ("p", "freedom", "t"),
    [
        (0.975, 1, 12.706205), (0.975, 2, 4.302653), (0.975, 5, 2.570582), (0.975, 10, 2.228139),
        (0.975, 30, 2.042272), (0.975, 120, 1.979930), (0.995, 10, 3.169273), (0.95, 20, 1.724718),
        (0.9995, 3, 12.923979), (0.5, 7, 0.0),
    ],
)  # fmt: skip
def test_student_s_quantiles_are_those_of_the_tables(p: float, freedom: float, t: float) -> None:
    """Abramowitz and Stegun 1964, table 26.10, and R's qt."""
    assert t_quantile(p, freedom) == pytest.approx(t, abs=2e-6)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 17.776, 400.0, 120_000.0])
def test_the_area_is_that_under_the_curve(freedom: float) -> None:
    """Added up by Simpson's rule, whatever the degrees of freedom."""
    front = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    for t in (0.1, 1.0, 1.96, 4.0):
        area = _simpson(lambda x: front * math.exp(-(freedom + 1) / 2 * math.log1p(x * x / freedom)), t)
        assert t_below(t, freedom) == pytest.approx(0.5 + area, abs=1e-9)


def _simpson(curve: Callable[[float], float], end: float, steps: int = 4_000) -> float:
    width = end / steps
    weights = (1 if n in (0, steps) else 4 if n % 2 else 2 for n in range(steps + 1))
    return math.fsum(weight * curve(n * width) for n, weight in enumerate(weights)) * width / 3


def test_with_very_many_people_it_is_the_normal_curve() -> None:
    assert t_quantile(0.975, 1e9) == pytest.approx(1.959964, abs=1e-6)
    assert t_quantile(0.975, 9e6) == pytest.approx(1.959964, abs=1e-6)


def test_the_ends_of_the_incomplete_beta_are_nothing_and_all() -> None:
    assert (incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)) == (0, 1)
    assert incomplete_beta(2, 3, 0.4) == pytest.approx(0.5248)  # 1 - 0.6^4 - 4 * 0.4 * 0.6^3
    assert incomplete_beta(2, 3, 0.9) + incomplete_beta(3, 2, 0.1) == pytest.approx(1)


def test_the_interval_holds_the_true_difference_nineteen_times_of_twenty_for_money() -> None:
    """Most bring nothing, some a few hundred, few thousands; 400 a side, as an experiment has them."""
    rng, held = random.Random(11), 0

    def brought() -> float:
        return rng.choice((150, 400, 900, 2_400)) if rng.random() < 0.2 else 0.0

    for _ in range(300):
        first, second = (sample(tuple(brought() for _ in range(400))) for _ in range(2))
        said = welch(first, second)
        held += said.low <= 0 <= said.high
    assert held / 300 == pytest.approx(0.95, abs=0.035)


def test_where_nothing_varies_there_is_no_range_and_of_one_nothing_is_said() -> None:
    nobody = Sample(40, 0.0, 0.0)
    assert welch(nobody, nobody).freedom == 0
    assert mean_interval(nobody) == (0, 0)
    with pytest.raises(InvalidInput):
        welch(Sample(1, 5.0, 25.0), nobody)


def test_rounding_never_makes_a_spread_below_nothing() -> None:
    alike = Sample(3, 3 * 0.1, 3 * 0.1 * 0.1)
    assert alike.variance >= 0
