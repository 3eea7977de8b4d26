"""How an experiment stands. Pure.

It is read once. Until then no variant is called better: whoever looks daily sees a clear lead by chance in one of
three experiments. Whoever keeps experiments stores the first verdict that is `final` and asks no more. People count for
the variant that they were assigned, whatever they were sent and whether they opted out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from core.domain.errors import InvalidInput
from core.experiments.rules.assigning import WHOLE
from core.experiments.rules.designing import SHORTEST_RUN, Design
from core.experiments.rules.guardrails import Harm, Limits, Tally, harms
from core.experiments.rules.planning import MONTH, time_for
from core.experiments.statistics import Comparison, Split, srm, two_proportions

BETTER, WORSE = "better", "worse"
NOTHING_WORTH = "no difference worth acting on"
UNTOLD = "could not tell"
EXPECTED_AT_LEAST = (
    5  # of each variant: below that the chi-square of a split errs (Cochran 1954, Biometrics 10:417)
)
PACE_AFTER = timedelta(days=14)  # earlier, what was expected before the start is the better guess


@dataclass(frozen=True)
class NotEnoughData:
    """`have` of the `need` people, no variant counted beyond what it needs. It is read at `read_at`; `falls_short`:
    the planned end comes before enough people do."""

    code: ClassVar[str] = "not_enough_data"
    final: ClassVar[bool] = False
    have: int
    need: int
    read_at: datetime
    falls_short: bool


@dataclass(frozen=True)
class Void:
    """People were not split as planned, so no difference between the variants means anything."""

    code: ClassVar[str] = "void"
    final: ClassVar[bool] = True
    split: Split


@dataclass(frozen=True)
class Stopped:
    """A variant does harm; what the metric says by then is not read."""

    code: ClassVar[str] = "stopped"
    final: ClassVar[bool] = True
    harm: Harm


@dataclass(frozen=True)
class Result:
    """One variant less the control. `compared` is None where nobody counts in one of the two."""

    variant: str
    outcome: str
    compared: Comparison | None


@dataclass(frozen=True)
class Ended:
    """A result for each variant but the control."""

    code: ClassVar[str] = "ended"
    final: ClassVar[bool] = True
    results: tuple[Result, ...]


Verdict = NotEnoughData | Void | Stopped | Ended


def verdict(
    design: Design, limits: Limits, tallies: Sequence[Tally], started_at: datetime, now: datetime
) -> Verdict:
    """`tallies`: one for each variant, in the design's order, else InvalidInput(tallies)."""
    if [tally.key for tally in tallies] != list(design.shares):
        raise InvalidInput.of("tallies", "One for each variant, in the order that was fixed.")
    split = _split(design, tallies)
    if split.alarm:
        return Void(split)
    if found := harms(limits, design.shares, tallies):
        return Stopped(found[0])
    if _is_over(design, tallies, started_at, now):
        return Ended(tuple(_result(design, tallies[0], other) for other in tallies[1:]))
    return _not_enough(design, tallies, started_at, now)


def _split(design: Design, tallies: Sequence[Tally]) -> Split:
    counts, shares = [tally.assigned for tally in tallies], list(design.shares.values())
    if sum(counts) * min(shares) < EXPECTED_AT_LEAST * WHOLE:
        return Split(chi2=0.0, p=1.0, alarm=False)
    return srm(counts, [share / WHOLE for share in shares])


def _is_over(design: Design, tallies: Sequence[Tally], started_at: datetime, now: datetime) -> bool:
    filled = all(tally.counted >= design.least_per_arm for tally in tallies)
    return now >= design.planned_end or (filled and now >= started_at + SHORTEST_RUN)


def _result(design: Design, control: Tally, other: Tally) -> Result:
    if not control.counted or not other.counted:
        return Result(other.key, UNTOLD, None)
    people = (other.reached, other.counted, control.reached, control.counted)
    compared = two_proportions(*people, level=1 - design.question.alpha_each)
    return Result(other.key, _outcome(*compared.newcombe, design.smallest_difference), compared)


def _outcome(low: float, high: float, smallest: float) -> str:
    """What the interval of the difference leaves possible. Sure, but below what is worth it, is no winner either."""
    if -smallest < low and high < smallest:
        return NOTHING_WORTH
    if low > 0:
        return BETTER
    return WORSE if high < 0 else UNTOLD


def _not_enough(
    design: Design, tallies: Sequence[Tally], started_at: datetime, now: datetime
) -> NotEnoughData:
    least = design.least_per_arm
    filled_at = _filled_at(design, tallies, started_at, now)
    return NotEnoughData(
        have=sum(min(tally.counted, least) for tally in tallies),
        need=least * len(tallies),
        read_at=min(filled_at or design.planned_end, design.planned_end),
        falls_short=filled_at is None or filled_at > design.planned_end,
    )


def _filled_at(
    design: Design, tallies: Sequence[Tally], started_at: datetime, now: datetime
) -> datetime | None:
    """When the last variant has enough people whose days have passed; None at a pace at which it never has."""
    missing = max(
        max(0, design.least_per_arm - tally.assigned) * WHOLE / share
        for tally, share in zip(tallies, design.shares.values(), strict=True)
    )
    collecting = time_for(missing, _people_a_month(design, tallies, started_at, now))
    if collecting is None:
        return None
    return max(now + collecting + design.metric.window, started_at + SHORTEST_RUN)


def _people_a_month(design: Design, tallies: Sequence[Tally], started_at: datetime, now: datetime) -> float:
    passed = now - started_at
    if passed < PACE_AFTER:
        return design.people_a_month
    return sum(tally.assigned for tally in tallies) / (passed / MONTH)
