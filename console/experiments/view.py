"""Experiments in words: how one stands, what would stop it, what was fixed, what came of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.parts.figures import Cell, Share, day
from core.experiments.means import LEAST, Sample, mean_interval, welch
from core.experiments.rules.fixed import STEP, Fixed
from core.experiments.rules.guardrails import Tally
from core.experiments.rules.planning import length, percent
from core.experiments.rules.verdict import (
    BETTER,
    NOTHING_WORTH,
    WORSE,
    Ended,
    NotEnoughData,
    Result,
)
from core.experiments.statistics import Comparison, two_proportions
from core.experiments.store import Experiment
from core.experiments.tables import ENDED
from core.reads.experiments import Standing

HALF = "half and half"
METRIC_NAMES = {"replied": "Replied", "booked": "Booked"}


@dataclass(frozen=True)
class Bar:
    """One variant: how many of those who count did it."""

    name: str
    share: Share


@dataclass(frozen=True)
class Difference:
    """A variant less the control, in shares from -1 to 1. `sure`: its interval leaves zero out."""

    name: str
    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def words(self) -> str:
        """'+10 points, -10 to +28'"""
        return f"{signed(self.value)} {_unit(self.value)}, {signed(self.low)} to {signed(self.high)}"


def signed(share: float) -> str:
    """0.097 as '+10', -0.004 as '0'."""
    number = round(100 * share)
    return f"{number:+d}" if number else "0"


def _unit(share: float) -> str:
    return "point" if abs(round(100 * share)) == 1 else "points"


def named(fixed: Fixed, key: str) -> str:
    """'B, a question'"""
    words = next(variant.words for variant in fixed.design.variants if variant.key == key)
    return f"{key}, {words}"


def subject(fixed: Fixed, titles: Mapping[str, str]) -> str:
    """'Sequence lead, step minute-30, its moment'. `titles`: of templates and sequences, by key."""
    what = "its moment" if fixed.moves else "its words"
    if fixed.design.subject.kind == STEP:
        sequence, step = fixed.place
        return f"Sequence {titles.get(sequence, sequence)}, step {step}, {what}"
    key = fixed.design.subject.key
    return f"Text '{titles.get(key, key)}', wherever it is sent"


def split_words(fixed: Fixed) -> str:
    """'half and half', '50% A, 25% B, 25% C'"""
    shares = fixed.design.shares
    if set(shares.values()) == {50}:
        return HALF
    return ", ".join(f"{share}% {key}" for key, share in shares.items())


def state_words(one: Experiment, now: datetime, zone: ZoneInfo) -> str:
    """'Running, day 20'"""
    if one.started_at is None:
        return "Draft"
    days = (now.astimezone(zone).date() - one.started_at.astimezone(zone).date()).days + 1
    return f"Running, day {days}"


def about(one: Experiment, titles: Mapping[str, str], names: Mapping[str, str], zone: ZoneInfo) -> str:
    """The line below the title."""
    began = one.started_at or one.made_at
    verb, who = ("Started", one.started_by) if one.started_at else ("Drafted", one.made_by)
    by = names.get(who or "", "a colleague")
    return (
        f"{subject(one.fixed, titles)}. {split_words(one.fixed).capitalize()}, by person and kept. "
        f"{verb} {local_day(began, zone)} by {by}."
    )


@dataclass(frozen=True)
class Progress:
    """How far it is: words, and the bar with what stands at its ends. `part`: 0 to 1."""

    words: str
    part: float
    left: str
    right: str


def progress(standing: Standing, found: NotEnoughData, zone: ZoneInfo, now: datetime) -> Progress:
    design, tallies = standing.experiment.fixed.design, standing.tallies
    counted = [tally.counted for tally in tallies]
    return Progress(
        f"{found.have:,} of the {found.need:,} people it needs. {_when(found, zone, now)} "
        "What shows below may still turn round, so no winner is named before.",
        found.have / found.need if found.need else 0.0,
        f"{sum(counted):,} now, {_and([f'{count:,}' for count in counted])}{_waiting(tallies, design.metric.days)}",
        f"{found.need:,}, {design.least_per_arm:,} on each side",
    )


def _when(found: NotEnoughData, zone: ZoneInfo, now: datetime) -> str:
    if found.falls_short:
        return f"On {local_day(found.read_at, zone)} it is read as it stands, with fewer: so few come at this pace."
    return f"At this pace about {length(found.read_at - now)} more, until about {local_day(found.read_at, zone)}."


def _waiting(tallies: Sequence[Tally], days: int) -> str:
    """Those who are in it and whose days have not passed."""
    waiting = sum(tally.assigned - tally.counted for tally in tallies)
    return f"; {waiting:,} more in their first {days} days" if waiting else ""


def headline(standing: Standing) -> str:
    """What it says now, first of all. What is over and not kept yet says nothing more: it is read once."""
    if not standing.verdict.final:
        return "Not enough data yet"
    if isinstance(standing.verdict, Ended) and standing.experiment.state == ENDED:
        return " ".join(outcome(standing.experiment.fixed, one) for one in standing.verdict.results)
    return "It is over, and is read within the hour"


def outcome(fixed: Fixed, result: Result) -> str:
    today = fixed.control
    if result.outcome == BETTER:
        return f"{result.variant} is better than {today}."
    if result.outcome == WORSE:
        return f"{result.variant} is worse than {today}."
    if result.outcome == NOTHING_WORTH:
        return f"{result.variant} and {today}: no difference worth acting on."
    return f"{result.variant} and {today}: could not tell."


def advice(standing: Standing) -> str:
    """What to make of a result, below it."""
    if not isinstance(standing.verdict, Ended) or standing.experiment.state != ENDED:
        return "Everybody gets what they got before from then on."
    outcomes = {result.outcome for result in standing.verdict.results}
    if BETTER in outcomes:
        return "Using it for everybody publishes it as a version, with your note."
    if outcomes == {NOTHING_WORTH}:
        return "Keep what is simpler."
    if outcomes == {WORSE}:
        return "Keep what is done today."
    return "Too few people came to say. This is no 'no': a larger change would show sooner."


def bars(fixed: Fixed, tallies: Sequence[Tally]) -> list[Bar]:
    return [Bar(named(fixed, tally.key), Share(tally.reached, tally.counted)) for tally in tallies]


def differences(fixed: Fixed, tallies: Sequence[Tally]) -> list[Difference]:
    """Each variant less the control, where both have people who count."""
    control, *others = tallies
    level = 1 - fixed.design.question.alpha_each
    return [
        difference(
            f"{other.key} less {control.key}",
            two_proportions(other.reached, other.counted, control.reached, control.counted, level=level),
        )
        for other in others
        if other.counted and control.counted
    ]


def difference(name: str, compared: Comparison) -> Difference:
    return Difference(name, compared.diff, *compared.newcombe)


def interval_words(fixed: Fixed) -> str:
    """'95% interval': wider where several variants share the chance to be fooled."""
    return f"{percent(1 - fixed.design.question.alpha_each)} interval"


def chart_words(standing: Standing) -> str:
    """The figures as a sentence, for who does not see them."""
    fixed, tallies = standing.experiment.fixed, standing.tallies
    said = [f"{bar.name}: {bar.share.part} of {bar.share.of}" for bar in bars(fixed, tallies)]
    apart = [f"{one.name}: {one.words}" for one in differences(fixed, tallies)]
    return f"{fixed.design.metric.words}. {'. '.join([*said, *apart])}."


def also(standing: Standing) -> tuple[list[str], list[list[Cell]]]:
    """Columns and rows of what else was counted."""
    fixed, tallies = standing.experiment.fixed, standing.tallies
    metric = fixed.design.metric
    columns = ["Also counted", *(named(fixed, tally.key) for tally in tallies)]
    rows = [
        [Cell(f"{METRIC_NAMES.get(code, code)} within {metric.days} days"), *_cells(counts, tallies)]
        for code, counts in standing.also.items()
        if code != metric.code
    ]
    if standing.value:
        rows.append([Cell(f"Treated within {metric.days} days, a person"), *_values(standing)])
    rows.append([Cell("Got a text of it"), *(Cell(f"{tally.texted:,} texts") for tally in tallies)])
    return columns, rows


def _cells(counts: Mapping[str, int], tallies: Sequence[Tally]) -> Iterator[Cell]:
    for tally in tallies:
        yield Cell(f"{counts.get(tally.key, 0)} of {tally.counted}", pale=Share(0, tally.counted).few)


def _values(standing: Standing) -> Iterator[Cell]:
    """'$182' and its range below; for another than the control's, how much more that is."""
    fixed = standing.experiment.fixed
    level, control = 1 - fixed.design.question.alpha_each, standing.value.get(fixed.control, Sample(0, 0, 0))
    for tally in standing.tallies:
        mine = standing.value.get(tally.key, Sample(0, 0, 0))
        yield Cell(
            f"${mine.mean:,.0f}",
            below=_value_words(mine, control, level, compared=tally.key != fixed.control),
        )


def _value_words(mine: Sample, control: Sample, level: float, *, compared: bool) -> str:
    if mine.n < LEAST or control.n < LEAST:
        return f"too few people to say, {LEAST} at least"
    low, high = mean_interval(mine)
    words = f"${max(0.0, low):,.0f} to ${high:,.0f}"
    if not compared:
        return words
    apart = welch(mine, control, level)
    return f"{words}; {dollars(apart.low)} to {dollars(apart.high)} beside today's"


def dollars(amount: float) -> str:
    """'+$12', '-$3'"""
    return f"{'-' if amount < 0 else '+'}${abs(amount):,.0f}"


def local_day(moment: datetime, zone: ZoneInfo) -> str:
    return day(moment.astimezone(zone))


def _and(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
