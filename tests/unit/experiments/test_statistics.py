"""The statistics of experiments: what others publish and compute, and what can be found by trying."""

import math
import random
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput
from core.experiments.statistics import chi_square_tail, per_arm, srm, two_proportions, wilson
from tests.oracles import proportions

NORMAL = NormalDist()
PARTS = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("case", "said"), proportions.recorded())
def test_scipy_and_statsmodels_say_the_same(case: dict[str, Any], said: Any) -> None:
    """Recorded by `python -m tests.oracles.proportions record`."""
    assert proportions.close(proportions.ours(case), said)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_s_interval_is_as_newcombe_printed_it(x: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Stat Med 17:857, table I."""
    assert wilson(x, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("people", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1),
        ((10, 10, 0, 10), 0.6075, 1),
    ],
)
def test_the_interval_of_a_difference_is_as_newcombe_printed_it(
    people: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe 1998, Stat Med 17:873, table II, method 10."""
    assert two_proportions(*people).newcombe == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("p1", "p2", "n"),
    [(0.35, 0.40, 1471), (0.35, 0.45, 376), (0.35, 0.50, 170), (0.20, 0.30, 294), (0.60, 0.70, 356)],
)
def test_as_many_people_are_needed_as_power_tables_say(p1: float, p2: float, n: int) -> None:
    assert per_arm(p1, p2) == per_arm(p2, p1) == per_arm(1 - p1, 1 - p2) == n


def test_one_person_fewer_would_miss_the_power() -> None:
    """Found by counting up: the first number with which the pooled test has its power."""
    rng = random.Random(3)
    for _ in range(60):
        p1, p2 = rng.sample([0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.9], 2)
        alpha, power = rng.choice([0.01, 0.05, 0.1]), rng.choice([0.7, 0.8, 0.9])
        first = next(n for n in range(1, 10_000) if _power(n, p1, p2, alpha) >= power)
        assert per_arm(p1, p2, alpha, power) == first


def _power(n: int, p1: float, p2: float, alpha: float) -> float:
    mean = (p1 + p2) / 2
    line = -NORMAL.inv_cdf(alpha / 2) * math.sqrt(2 * mean * (1 - mean) / n)
    return NORMAL.cdf((abs(p1 - p2) - line) / math.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / n))


def test_the_promised_power_is_had_by_the_test_that_is_used() -> None:
    """376 a side, 35 % and 45 %: four of five made-up experiments find it."""
    rng, n = random.Random(4), per_arm(0.35, 0.45)
    found = sum(two_proportions(_come(rng, n, 0.45), n, _come(rng, n, 0.35), n).p < 0.05 for _ in range(1000))
    assert 0.76 <= found / 1000 <= 0.84


def _come(rng: random.Random, n: int, p: float) -> int:
    return sum(rng.random() < p for _ in range(n))


@given(PARTS, st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_the_ends_of_wilson_s_interval_are_shares_that_the_score_test_just_does_not_refuse(
    part: tuple[int, int], level: float
) -> None:
    x, n = part
    z = NORMAL.inv_cdf((1 + level) / 2)
    for end in wilson(x, n, level):
        if 0 < end < 1:
            assert abs(x / n - end) == pytest.approx(z * math.sqrt(end * (1 - end) / n), rel=1e-6)


@given(PARTS, PARTS)
def test_swapping_the_two_turns_everything_round(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = two_proportions(*first, *second), two_proportions(*second, *first)
    assert other.diff == pytest.approx(-one.diff)
    assert other.z == pytest.approx(-one.z)
    assert other.p == pytest.approx(one.p)
    for mine, turned in ((one.wald, other.wald), (one.newcombe, other.newcombe)):
        assert mine == pytest.approx((-turned[1], -turned[0]))
        assert -1 <= mine[0] <= one.diff <= mine[1] <= 1


@pytest.mark.parametrize("people", [(0, 10, 0, 20), (10, 10, 20, 20)])
def test_where_all_or_nobody_did_it_nothing_differs(people: tuple[int, int, int, int]) -> None:
    """The test divides nothing by nothing there."""
    compared = two_proportions(*people)
    assert (compared.z, compared.p, compared.diff) == (0, 1, 0)


def test_nobody_and_everybody_have_an_end_at_the_edge() -> None:
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 12, 40])
def test_the_tail_of_chi_square_is_the_area_under_its_curve(freedom: int) -> None:
    """Added up in small slices, beyond what is left of it at 400."""
    half = freedom / 2
    scale = half * math.log(2) + math.lgamma(half)
    for chi2 in (0.5, 3.84, 10.83, 30.0):
        slices = 40_000
        width = (400 - chi2) / slices
        middles = (chi2 + width * (step + 0.5) for step in range(slices))
        area = width * math.fsum(math.exp((half - 1) * math.log(m) - m / 2 - scale) for m in middles)
        assert chi_square_tail(chi2, freedom) == pytest.approx(area, rel=1e-5)


def test_a_split_that_chance_hardly_makes_raises_the_alarm() -> None:
    """214 to 149 of a half-and-half split is no luck; 41 to 38 is."""
    assert srm([214, 149], [0.5, 0.5]).alarm
    assert not srm([41, 38], [0.5, 0.5]).alarm
    assert srm([41, 38], [0.5, 0.5]).p == pytest.approx(0.74, abs=0.005)
    assert srm([50, 50], [0.5, 0.5]).p == 1
    assert srm([900, 50, 50], [0.9, 0.05, 0.05]).chi2 == 0


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: two_proportions(1, 0, 1, 2), "n1"),
    (lambda: two_proportions(1, 2, 3, 2), "x2"),
    (lambda: two_proportions(True, 2, 1, 2), "x1"),
    (lambda: two_proportions(1, 2, 1, 2, level=1), "level"),
    (lambda: wilson(1, 0), "n"),
    (lambda: wilson(-1, 3), "x"),
    (lambda: wilson(4, 3), "x"),
    (lambda: wilson(1.0, 3), "x"),  # type: ignore[arg-type]
    (lambda: wilson(1, 10**400), "n"),
    (lambda: wilson(1, 3, 0), "level"),
    (lambda: wilson(1, 3, math.nan), "level"),
    (lambda: wilson(1, 3, True), "level"),
    (lambda: per_arm(0.2, 0.2), "p2"),
    (lambda: per_arm(-0.1, 0.2), "p1"),
    (lambda: per_arm(0.1, 1.2), "p2"),
    (lambda: per_arm(0.1, math.nan), "p2"),
    (lambda: per_arm("0.1", 0.2), "p1"),  # type: ignore[arg-type]
    (lambda: per_arm(0.1, 0.2, 0), "alpha"),
    (lambda: per_arm(0.1, 0.2, 0.05, 1), "power"),
    (lambda: per_arm(0.1, 0.2, 0.05, 0.05), "power"),
    (lambda: srm([5], [1]), "counts"),
    (lambda: srm([0, 0], [0.5, 0.5]), "counts"),
    (lambda: srm([5, 5.5], [0.5, 0.5]), "counts"),  # type: ignore[list-item]
    (lambda: srm([5, True], [0.5, 0.5]), "counts"),
    (lambda: srm(5, [0.5, 0.5]), "counts"),  # type: ignore[arg-type]
    (lambda: srm([5, 5], [0.5, 0.4]), "shares"),
    (lambda: srm([5, 5], [50, 50]), "shares"),
    (lambda: srm([5, 5], [0.5, 0.25, 0.25]), "shares"),
    (lambda: srm([5, 5, 5], [0.5, 0.5, 0]), "shares"),
    (lambda: srm([5, 5], [math.nan, 0.5]), "shares"),
]


@pytest.mark.parametrize(("ask", "field"), REFUSED)
def test_what_makes_no_sense_is_refused_by_its_name(ask: Callable[[], Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask()
    assert [error.field for error in refused.value.errors] == [field]
