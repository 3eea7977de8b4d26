"""What stops an experiment by itself, and how seldom it does so for nothing."""

import math
import random
from dataclasses import replace

import pytest

from core.experiments.rules.guardrails import (
    COMPLAINTS,
    FILTERED,
    LATE,
    OPT_OUTS,
    Harm,
    Tally,
    evidence,
    harms,
)
from tests.unit.experiments.made_up import LIMITS, tally

HALVES = {"A": 50, "B": 50}


def found(control: Tally, other: Tally, shares: dict[str, int] = HALVES) -> list[str]:
    return [harm.guardrail for harm in harms(LIMITS, shares, [control, other])]


def test_a_variant_that_drives_people_away_stops_it_and_says_why() -> None:
    control, other = tally("A", 95, 20, opted_out=1), tally("B", 92, 30, opted_out=11)
    assert harms(LIMITS, HALVES, [control, other]) == [Harm("B", OPT_OUTS, "1 of 95 with A, 11 of 92 with B")]
    assert found(control, replace(other, opted_out=3)) == []
    assert found(replace(control, opted_out=11), replace(other, opted_out=1)) == []


def test_opt_outs_are_weighed_by_how_many_got_which_variant() -> None:
    """Nine each is nothing among halves, and much where only one in ten got it."""
    control, other = tally("A", 900, 200, opted_out=9), tally("B", 100, 20, opted_out=9)
    assert found(control, other, {"A": 90, "B": 10}) == [OPT_OUTS]
    assert found(control, other) == []


def test_the_evidence_is_the_area_over_all_higher_chances() -> None:
    """Added up in small slices, each chance as likely as the other."""
    for worse, control, share in ((0, 0, 0.5), (11, 1, 0.5), (3, 9, 0.2), (40, 30, 0.5)):
        slices, width = 20_000, (1 - share) / 20_000
        chances = [share + width * (step + 0.5) for step in range(slices)]
        area = math.fsum((c / share) ** worse * ((1 - c) / (1 - share)) ** control for c in chances) / slices
        assert evidence(worse, control, share) == pytest.approx(area, rel=1e-5)


def test_the_evidence_is_a_fair_bet_where_nothing_differs() -> None:
    """After any number of opt-outs it is worth 1 on average: whoever waits for 20 waits in vain 19 times of 20."""
    for share in (0.5, 0.2):
        for n in (1, 2, 10, 60):
            worth = math.fsum(
                math.comb(n, k) * share**k * (1 - share) ** (n - k) * evidence(k, n - k, share)
                for k in range(n + 1)
            )
            assert worth == pytest.approx(1)


def test_any_number_of_opt_outs_can_be_weighed() -> None:
    assert evidence(5000, 0, 0.5) > 1e300
    assert 0 <= evidence(0, 5000, 0.5) < 0.001


def stops(rng: random.Random, rates: tuple[float, float], share: float, people: int) -> bool:
    """Looked at after each opt-out of so many people, as nobody does less than that to be safe."""
    gone = [0, 0]
    for _ in range(people):
        arm = int(rng.random() < share)
        if rng.random() < rates[arm]:
            gone[arm] += 1
            if arm and evidence(gone[1], gone[0], share) >= 1 / LIMITS.opt_out_false_alarm:
                return True
    return False


@pytest.mark.parametrize(("rate", "share"), [(0.03, 0.5), (0.03, 0.2), (0.15, 0.5)])
def test_a_harmless_variant_is_stopped_at_most_once_in_twenty_however_often_one_looks(
    rate: float, share: float
) -> None:
    rng = random.Random(5)
    wrongly = sum(stops(rng, (rate, rate), share, 820) for _ in range(800))
    assert wrongly / 800 <= LIMITS.opt_out_false_alarm


def test_three_times_the_opt_outs_are_mostly_noticed_before_the_end() -> None:
    rng = random.Random(6)
    noticed = sum(stops(rng, (0.03, 0.09), 0.5, 820) for _ in range(300))
    assert noticed / 300 > 0.75


def test_with_more_variants_each_must_be_surer() -> None:
    """Together they err no oftener than one: what stops one of two does not stop one of four."""
    shares = {"A": 25, "B": 25, "C": 25, "D": 25}
    others = [
        tally("B", 95, 20, opted_out=9),
        tally("C", 95, 20, opted_out=1),
        tally("D", 95, 20, opted_out=1),
    ]
    control = tally("A", 95, 20, opted_out=1)
    assert found(control, others[0], {"A": 50, "B": 50}) == []
    assert found(control, replace(others[0], opted_out=11), {"A": 50, "B": 50}) == [OPT_OUTS]
    crowd = [replace(others[0], opted_out=11), *others[1:]]
    assert harms(LIMITS, shares, [control, *crowd]) == []


def test_a_variant_that_keeps_people_from_being_called_in_time_stops_it() -> None:
    """As with opt-outs: surely worse, however often one looks, and never for being quicker."""
    control = tally("A", 95, 20, late=9)
    assert harms(LIMITS, HALVES, [control, tally("B", 92, 20, late=28)]) == [
        Harm("B", LATE, "9 of 95 with A, 28 of 92 with B")
    ]
    assert found(control, tally("B", 92, 20, late=15)) == []
    assert found(replace(control, late=28), tally("B", 92, 20, late=9)) == []


def test_a_wording_that_carriers_filter_stops_it() -> None:
    control = tally("A", 60, 9, texted=60)
    assert found(control, tally("B", 60, 9, texted=60, filtered=3)) == [FILTERED]
    assert found(control, tally("B", 60, 9, texted=60, filtered=2)) == []
    assert found(control, tally("B", 40, 9, texted=40, filtered=3)) == []
    assert found(control, tally("B", 160, 9, texted=160, filtered=3)) == []
    assert found(replace(control, filtered=3), tally("B", 60, 9, texted=60, filtered=3)) == []


def test_the_second_complaint_stops_it() -> None:
    control = tally("A", 60, 9)
    assert found(control, tally("B", 60, 9, complained=1)) == []
    assert found(control, tally("B", 60, 9, complained=2)) == [COMPLAINTS]
    assert found(replace(control, complained=2), tally("B", 60, 9, complained=2)) == []
