"""The terms of an experiment in words: what would stop it, what was fixed, how long it takes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.experiments.view import local_day, split_words
from console.parts.figures import Cell
from core.experiments.rules.fixed import Fixed
from core.experiments.rules.guardrails import Limits, Tally
from core.experiments.rules.planning import MONTH, Plan, length, percent, points, shorter
from core.experiments.statistics import srm
from core.experiments.store import Experiment
from core.reads.experiments import Standing

NEVER_TOUCHED = "Consent, STOP, safety and staff texts"


@dataclass(frozen=True)
class Guard:
    """One thing that would stop it: the figures now, and when it stops."""

    name: str
    figures: str
    stops: str
    icon: str = "fine"


def guards(standing: Standing, limits: Limits) -> list[Guard]:
    """What is looked at each hour."""
    fixed, tallies = standing.experiment.fixed, standing.tallies
    keys = " or ".join(list(fixed.design.shares)[1:])
    return [
        Guard(
            "Opt-outs",
            _each(f"{one.opted_out} of {one.assigned}" for one in tallies),
            f"stops when {keys} is surely worse, however often one looks",
        ),
        Guard(
            "First contact by a person late",
            _each(f"{one.late} of {one.assigned}" for one in tallies),
            f"stops when {keys} is surely later, however often one looks",
        ),
        Guard(
            "Complaints",
            _each(str(one.complained or "none") for one in tallies),
            f"stops at the {_ordinal(limits.complaints)} of {keys}",
        ),
        Guard(
            "Filtered by carriers",
            _each(f"{one.filtered} of {one.texted}" for one in tallies),
            f"stops above {percent(limits.filtered_share)} of {limits.filtered_of_at_least} texts",
        ),
        Guard(
            f"Split is {split_words(fixed)}",
            " to ".join(str(one.assigned) for one in tallies),
            _split(fixed, tallies),
            icon="scales",
        ),
    ]


def _each(figures: Iterable[str]) -> str:
    return ", ".join(figures)


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _split(fixed: Fixed, tallies: Sequence[Tally]) -> str:
    people = [tally.assigned for tally in tallies]
    if not any(people):
        return "void below 1 in 1,000"
    chance = srm(people, [share / 100 for share in fixed.design.shares.values()]).p
    return f"chance of this split {max(1, round(100 * chance))} in 100, void below 1 in 1,000"


def locked(one: Experiment, zone: ZoneInfo, *, pace: bool = False) -> list[tuple[str, str]]:
    """What was fixed before the start."""
    design = one.fixed.design
    lines = [
        ("Measure", f"{design.metric.words} of being given it"),
        ("Today", percent(design.baseline)),
        ("Worth it from", points(design.smallest_difference)),
        (
            "Read once",
            f"At {design.least_per_arm:,} a side, or on {local_day(design.planned_end, zone)} as it stands",
        ),
        ("Decides", "A person, as a publish with a note"),
        ("Never touched", NEVER_TOUCHED),
    ]
    expected = ("Expected", f"{design.people_a_month:,.0f} people in 30 days")
    return [*lines[:4], expected, *lines[4:]] if pace else lines


def needs(fixed: Fixed) -> list[list[Cell]]:
    """How long this and larger differences take: what a shorter experiment would give up."""
    question, month = fixed.design.question, fixed.design.people_a_month
    wished = [question.difference * times for times in (1, 1.33, 1.67)]
    return [_need(plan, first=at == 0) for at, plan in enumerate(shorter(question, month, wished))]


def _need(plan: Plan, *, first: bool) -> list[Cell]:
    before, after = plan.question.baseline, plan.question.baseline + plan.question.difference
    seen = f"To see {100 * before:.0f}% become {100 * after:.0f}%"
    return [
        Cell(seen, below="as fixed" if first else ""),
        Cell(f"{plan.per_arm:,} a side"),
        Cell(_time(plan)),
    ]


def _time(plan: Plan) -> str:
    return length(plan.collecting) if plan.collecting else "no end"


def takes(plan: Plan) -> str:
    """'410 a side, 7 months'"""
    return f"{plan.per_arm:,} a side, {_time(plan)}"


def offset_words(span: timedelta) -> str:
    """'30m', '2h', '3d': as a sequence writes it."""
    minutes = round(span / timedelta(minutes=1))
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def suggested_end(now: datetime, plan: Plan | None, days: int) -> datetime:
    """A day by which enough people should have had their days: a quarter longer than it takes at this pace."""
    collecting = plan.collecting if plan and plan.collecting else 4 * MONTH
    return now + min(collecting * 1.25, timedelta(days=365)) + timedelta(days=days)
