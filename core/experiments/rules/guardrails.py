"""What stops an experiment by itself: a variant that does harm, beside the control. Pure.

Opt-outs are looked at as often as one likes, so a test for one look would cry wolf sooner or later. Where a variant is
no worse than the control, each patient who opts out is one of the variant's with at most its share of the two, whatever
the others did. Against that stands every higher chance, none preferred. The ratio of the two likelihoods is a bet by
which nobody can expect to win: it ever reaches 1 / f with a chance of at most f (Ville 1939; as a test that is valid at
any time: Robbins 1970, Ann Math Stat 41:1397; Howard et al. 2021, Ann Stat 49:1055). No baseline, no number of looks
and no end is assumed. Several variants share f. The first contact by a person, where it came late, is weighed alike.

Complaints and carriers' filters have plain limits: one complaint says more than any count, and a filter that has begun
catches text after text, so these are no independent events. `docs/experiments.md` says how often they err.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OPT_OUTS, LATE, FILTERED, COMPLAINTS = "opt_outs", "late", "filtered", "complaints"
LARGEST_EXPONENT = 700.0  # e to that is near the largest float


@dataclass(frozen=True)
class Tally:
    """What came of one variant by now, of everybody whom it was assigned, whether or not a text arrived.

    People: `assigned`; `counted`, whose days of the metric have passed; `reached` of those; `opted_out`; `complained`;
    `late`, whose first contact by a person missed its target after they were given the variant.
    Texts: `texted`, `filtered` by carriers (30007).
    """

    key: str
    assigned: int
    counted: int
    reached: int
    opted_out: int = 0
    complained: int = 0
    texted: int = 0
    filtered: int = 0
    late: int = 0


@dataclass(frozen=True)
class Limits:
    """`data/experiments.toml`. `opt_out_false_alarm`: the chance that opt-outs ever stop a harmless experiment;
    `late_false_alarm`: the same of late first contacts."""

    opt_out_false_alarm: float
    late_false_alarm: float
    filtered_share: float
    filtered_at_least: int
    filtered_of_at_least: int
    complaints: int


@dataclass(frozen=True)
class Harm:
    """The variant that is worse, in what, and the two figures as people read them."""

    variant: str
    guardrail: str
    words: str


def parse_limits(raw: Mapping[str, Any]) -> Limits:
    """Their range is checked as they are read (`core/reference_checks.py`)."""
    filtered = raw["filtered"]
    return Limits(
        opt_out_false_alarm=raw["opt_outs"]["false_alarm"],
        late_false_alarm=raw["first_contact"]["false_alarm"],
        filtered_share=filtered["share"],
        filtered_at_least=filtered["at_least"],
        filtered_of_at_least=filtered["of_at_least"],
        complaints=raw["complaints"]["at_least"],
    )


def harms(limits: Limits, shares: Mapping[str, int], tallies: Sequence[Tally]) -> list[Harm]:
    """All that would stop it, by variant. `shares`: percent by key; the first tally is the control's."""
    control, *others = tallies
    return [harm for other in others for harm in _harms_of(limits, shares, control, other, len(others))]


def evidence(worse: int, control: int, share: float) -> float:
    """How much better 'oftener with the variant' explains where opt-outs came from: 1 is even, 20 is 20 to 1.

    `worse` opted out with the variant, `control` with the control; `share`: the variant's part of the two, 0 to 1.
    Robbins' mixture with all chances from `share` to 1 as likely: P(Bin(n + 1, share) <= worse) over
    (1 - share) (n + 1) P(Bin(n, share) = worse), n being all of them.
    """
    n = worse + control
    under = math.log((1 - share) * (n + 1)) + _log_binomial(worse, n, share)
    return math.fsum(
        math.exp(min(_log_binomial(k, n + 1, share) - under, LARGEST_EXPONENT)) for k in range(worse + 1)
    )


def _harms_of(
    limits: Limits, shares: Mapping[str, int], control: Tally, other: Tally, variants: int
) -> Iterator[Harm]:
    share = shares[other.key] / (shares[other.key] + shares[control.key])
    if evidence(other.opted_out, control.opted_out, share) >= variants / limits.opt_out_false_alarm:
        yield _harm(OPT_OUTS, control, other, lambda tally: (tally.opted_out, tally.assigned))
    if evidence(other.late, control.late, share) >= variants / limits.late_false_alarm:
        yield _harm(LATE, control, other, lambda tally: (tally.late, tally.assigned))
    many = other.texted >= limits.filtered_of_at_least and other.filtered >= limits.filtered_at_least
    if many and _filtered_share(other) > max(limits.filtered_share, _filtered_share(control)):
        yield _harm(FILTERED, control, other, lambda tally: (tally.filtered, tally.texted))
    if other.complained >= limits.complaints and other.complained > control.complained:
        yield _harm(COMPLAINTS, control, other, lambda tally: (tally.complained, tally.assigned))


def _harm(guardrail: str, control: Tally, other: Tally, figures: Callable[[Tally], tuple[int, int]]) -> Harm:
    """'1 of 95 with A, 11 of 92 with B'"""
    told = ["{} of {} with {}".format(*figures(tally), tally.key) for tally in (control, other)]
    return Harm(other.key, guardrail, ", ".join(told))


def _filtered_share(tally: Tally) -> float:
    return tally.filtered / tally.texted if tally.texted else 0.0


def _log_binomial(k: int, n: int, share: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choose + k * math.log(share) + (n - k) * math.log1p(-share)
