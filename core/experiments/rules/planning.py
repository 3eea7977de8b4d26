"""How many people an experiment needs, how long they take to come, and what could be seen in a given time. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.experiments.statistics import ALPHA, LEAST, POWER, per_arm

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)
LONGEST = 100 * YEAR  # whatever takes longer is told as that
WEEKS_BELOW, YEARS_FROM = 3 * MONTH, 3 * YEAR


@dataclass(frozen=True)
class Question:
    """A change that one wants to see: from `baseline` by `difference`, both 0 to 1, between variants beside a control.

    `smallest_percent`: of the variant that the fewest people get.
    """

    baseline: float
    difference: float
    smallest_percent: int = 50
    variants: int = 2
    alpha: float = ALPHA
    power: float = POWER

    @property
    def alpha_each(self) -> float:
        """Each variant beside the control is a chance to be fooled of its own: they share alpha (Bonferroni)."""
        return self.alpha / (self.variants - 1)


@dataclass(frozen=True)
class Plan:
    """What a question takes. `collecting`: until enough people have come, None where nobody comes."""

    question: Question
    per_arm: int
    people: int
    people_a_month: float
    collecting: timedelta | None

    @property
    def words(self) -> str:
        """'To see 34% become 44%: 373 a side. With 142 people a month you need about 5 months.'"""
        before, after = self.question.baseline, self.question.baseline + self.question.difference
        start = f"To see {percent(before)} become {percent(after)}: {self.per_arm:,} a side."
        if self.collecting is None:
            return f"{start} Nobody comes at present, so there is no end to it."
        return f"{start} With {self.people_a_month:,.0f} people a month you need about {length(self.collecting)}."


def needed(question: Question) -> int:
    """People in each arm. Raises InvalidInput as `per_arm` does."""
    after = question.baseline + question.difference
    return per_arm(question.baseline, after, question.alpha_each, question.power)


def plan(question: Question, people_a_month: float) -> Plan:
    """`people_a_month`: how many come within 30 days. The smallest arm fills last. Raises InvalidInput."""
    arm = needed(question)
    people = math.ceil(arm * 100 / question.smallest_percent)
    return Plan(question, arm, people, people_a_month, time_for(people, people_a_month))


def time_for(people: float, people_a_month: float) -> timedelta | None:
    """How long so many take to come; None where nobody comes."""
    if people_a_month <= 0:
        return None
    return min(people / people_a_month, LONGEST / MONTH) * MONTH


def shorter(question: Question, people_a_month: float, differences: Iterable[float]) -> tuple[Plan, ...]:
    """What other differences would take: the larger ones take less time and overlook more."""
    return tuple(
        plan(replace(question, difference=difference), people_a_month)
        for difference in differences
        if question.baseline + difference <= 1
    )


def smallest_seen(question: Question, arm: int) -> float | None:
    """The smallest difference upward that so many people in each arm show; None where they show none at all."""
    low, high = 0.0, 1 - question.baseline
    if high < LEAST or needed(replace(question, difference=high)) > arm:
        return None
    while high - low > 0.0005:
        middle = (low + high) / 2
        low, high = (low, middle) if needed(replace(question, difference=middle)) <= arm else (middle, high)
    return high


def length(span: timedelta) -> str:
    """'11 weeks', '5 months', '4 years'."""
    if span < WEEKS_BELOW:
        unit, name = timedelta(weeks=1), "week"
    else:
        unit, name = (MONTH, "month") if span < YEARS_FROM else (YEAR, "year")
    count = max(1, round(span / unit))
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def points(difference: float) -> str:
    """'9 points', '1 point'."""
    number = f"{100 * difference:.2g}"
    return f"{number} point" if number == "1" else f"{number} points"
