"""How an experiment stands: no winner before the end, none of a broken split, and chance is seldom taken for one."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.domain.errors import InvalidInput
from core.experiments.rules import verdict as rules
from core.experiments.rules.designing import Design, Metric
from core.experiments.rules.guardrails import OPT_OUTS, Tally
from core.experiments.rules.verdict import Ended, NotEnoughData, Stopped, Verdict, Void
from tests.unit.experiments.made_up import DAY, DESIGN, LIMITS, STARTED, THREE, design, tally

SECOND = timedelta(seconds=1)
LATER = STARTED + 200 * DAY


def stands(*tallies: Tally, now: datetime = LATER, of: Design = DESIGN) -> Verdict:
    return rules.verdict(of, LIMITS, tallies, STARTED, now)


def outcome(control: tuple[int, int], other: tuple[int, int]) -> str:
    """Each as (reached, counted)."""
    said = stands(*(tally(key, part[1], part[0]) for key, part in (("A", control), ("B", other))))
    assert isinstance(said, Ended)
    return said.results[0].outcome


def test_a_clear_lead_is_not_told_before_the_end() -> None:
    """79 of 820, and a date; nothing in it says who leads."""
    tallies = tally("A", 41, 9), tally("B", 38, 24)
    said = stands(*tallies, now=STARTED + 20 * DAY)
    assert isinstance(said, NotEnoughData)
    assert (said.code, said.final, said.have, said.need) == ("not_enough_data", False, 79, 820)
    assert set(vars(said)) == {"have", "need", "read_at", "falls_short"}


def test_the_date_follows_the_pace_at_which_people_come() -> None:
    """38 in 20 days in the slower variant; then the last ones have their 14 days."""
    now = STARTED + 20 * DAY
    said = stands(tally("A", 41, 9), tally("B", 38, 12), now=now)
    assert isinstance(said, NotEnoughData)
    assert abs(said.read_at - now - ((410 - 38) * 2 / (79 / 20) + 14) * DAY) < SECOND
    assert not said.falls_short


def test_in_the_first_two_weeks_the_date_follows_what_was_expected() -> None:
    now = STARTED + DAY
    said = stands(tally("A", 0, 0), tally("B", 0, 0), now=now)
    assert isinstance(said, NotEnoughData)
    assert abs(said.read_at - now - (820 / 118 * 30 + 14) * DAY) < SECOND


def test_where_too_few_come_it_is_read_at_the_planned_end_as_it_stands() -> None:
    for assigned in (0, 1, 20):
        said = stands(tally("A", assigned, 0), tally("B", assigned, 0), now=STARTED + 60 * DAY)
        assert isinstance(said, NotEnoughData)
        assert (said.read_at, said.falls_short) == (DESIGN.planned_end, True)
    assert isinstance(stands(tally("A", 90, 30), tally("B", 95, 30), now=DESIGN.planned_end), Ended)


def test_who_counts_beyond_the_need_does_not_fill_up_for_the_others() -> None:
    said = stands(tally("A", 430, 100), tally("B", 400, 100))
    assert isinstance(said, NotEnoughData)
    assert said.have == 810


def test_whoever_has_days_left_does_not_count_yet() -> None:
    said = stands(tally("A", 409, 100, assigned=420), tally("B", 410, 100, assigned=420))
    assert isinstance(said, NotEnoughData)
    assert said.read_at == LATER + DESIGN.metric.window


def test_two_weeks_are_the_least_however_many_come() -> None:
    """People of a Monday are not those of a Saturday."""
    tallies = tally("A", 500, 130), tally("B", 500, 180)
    quick = design(metric=Metric("replied", 1))
    early = stands(*tallies, now=STARTED + 5 * DAY, of=quick)
    assert isinstance(early, NotEnoughData)
    assert early.read_at == STARTED + 14 * DAY
    assert isinstance(stands(*tallies, now=early.read_at, of=quick), Ended)


@pytest.mark.parametrize(
    ("control", "other", "said"),
    [
        ((107, 410), (150, 410), rules.BETTER),
        ((150, 410), (107, 410), rules.WORSE),
        ((107, 410), (107, 410), rules.NOTHING_WORTH),
        ((107, 410), (125, 410), rules.UNTOLD),
        ((2600, 10_000), (2800, 10_000), rules.NOTHING_WORTH),  # surely more, and surely not worth it
    ],
)
def test_the_result_says_what_the_interval_leaves_possible(
    control: tuple[int, int], other: tuple[int, int], said: str
) -> None:
    assert outcome(control, other) == said


def test_a_result_is_the_variant_less_the_control_with_its_interval() -> None:
    said = stands(tally("A", 410, 107), tally("B", 410, 150))
    assert isinstance(said, Ended)
    compared = said.results[0].compared
    assert compared
    assert compared.diff == pytest.approx(43 / 410)
    assert 0 < compared.newcombe[0] < compared.diff < compared.newcombe[1]


def test_each_of_several_variants_is_told_apart_from_the_control_with_more_caution() -> None:
    """A lead that suffices for one of two does not for one of three."""
    uneven = (replace(THREE[0], percent=67), replace(THREE[1], percent=33))
    a, b, c = tally("A", 820, 214), tally("B", 410, 130), tally("C", 410, 107)
    of_two, of_three = stands(a, b, of=design(variants=uneven)), stands(a, b, c, of=design(variants=THREE))
    assert isinstance(of_two, Ended)
    assert isinstance(of_three, Ended)
    assert [(one.variant, one.outcome) for one in of_two.results] == [("B", rules.BETTER)]
    assert [(one.variant, one.outcome) for one in of_three.results] == [
        ("B", rules.UNTOLD),
        ("C", rules.NOTHING_WORTH),
    ]


def test_nobody_in_a_variant_at_the_end_tells_nothing() -> None:
    said = stands(tally("A", 0, 0), tally("B", 0, 0), now=DESIGN.planned_end)
    assert isinstance(said, Ended)
    assert [(result.outcome, result.compared) for result in said.results] == [(rules.UNTOLD, None)]


def test_a_split_that_went_wrong_is_void_whatever_it_shows() -> None:
    """Even at the end, and before anything that it seems to say is heeded."""
    said = stands(tally("A", 214, 20), tally("B", 149, 90, opted_out=30), now=DESIGN.planned_end)
    assert isinstance(said, Void)
    assert said.split.alarm
    assert said.final


def test_a_handful_of_people_is_no_broken_split() -> None:
    """Two of the first three in a variant of a tenth is luck that comes often."""
    tenth = (replace(THREE[0], percent=90), replace(THREE[1], percent=10))
    said = stands(tally("A", 1, 0), tally("B", 3, 0), of=design(variants=tenth))
    assert isinstance(said, NotEnoughData)


def test_harm_stops_it_before_and_at_the_end() -> None:
    for counted in (95, 500):
        said = stands(tally("A", counted, 20, opted_out=1), tally("B", counted, 90, opted_out=12))
        assert isinstance(said, Stopped)
        assert (said.harm.variant, said.harm.guardrail, said.final) == ("B", OPT_OUTS, True)


def test_tallies_of_another_experiment_are_refused() -> None:
    with pytest.raises(InvalidInput):
        stands(tally("B", 1, 0), tally("A", 1, 0))


def run(rng: random.Random, rates: tuple[float, float], opt_out: float = 0.03) -> Verdict:
    """One whole experiment, looked at on every third day: the first final verdict is kept."""
    people: list[tuple[int, bool, bool]] = []
    for day in range(0, 243, 3):
        people += [_person(rng, rates, opt_out) for _ in range(12)]
        counted = people[: max(0, len(people) - 56)]  # the others came within 14 days
        said = stands(*(_tally(key, people, counted) for key in (0, 1)), now=STARTED + timedelta(days=day))
        if said.final:
            return said
    raise AssertionError("it never ended")


def _person(rng: random.Random, rates: tuple[float, float], opt_out: float) -> tuple[int, bool, bool]:
    variant = rng.getrandbits(1)
    return variant, rng.random() < rates[variant], rng.random() < opt_out


def _tally(
    variant: int, people: list[tuple[int, bool, bool]], counted: list[tuple[int, bool, bool]]
) -> Tally:
    mine = [one for one in people if one[0] == variant]
    had_time = [one for one in counted if one[0] == variant]
    return Tally(
        "AB"[variant], len(mine), len(had_time), sum(one[1] for one in had_time), sum(one[2] for one in mine)
    )


def ends(rates: tuple[float, float], runs: int) -> Counter[str]:
    rng = random.Random(7)
    said = [run(rng, rates) for _ in range(runs)]
    return Counter(one.results[0].outcome if isinstance(one, Ended) else one.code for one in said)


def test_of_two_that_are_the_same_one_in_twenty_is_called_different() -> None:
    """However often it is looked at, because only the end is read; it is void or stopped as seldom."""
    came = ends((0.26, 0.26), 400)
    assert 0.02 <= (came[rules.BETTER] + came[rules.WORSE]) / 400 <= 0.08
    assert came[rules.NOTHING_WORTH] > 200
    assert came["void"] <= 16
    assert came["stopped"] <= 20


def test_of_real_differences_that_are_worth_it_four_in_five_are_found() -> None:
    came = ends((0.26, 0.35), 200)
    assert 0.72 <= came[rules.BETTER] / 200 <= 0.90
    assert came[rules.WORSE] == 0
