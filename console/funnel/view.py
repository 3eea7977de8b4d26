"""The funnel in words and figures: stages with rate, goal, period before; one insight; a table by form. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from console.parts.figures import Cell, Figure, Share, average_money, day, money, span
from console.parts.words import form_name
from core.reads.funnel import FormRow, Funnel, Slot
from core.reads.parts.periods import Period
from core.reads.parts.scopes import STAGES
from core.reference import read_toml

NAMES = {
    "submitted": "Form submitted",
    "seen": "Seen by staff",
    "attempted": "Contact attempted by a person",
    "replied": "Patient answered",
    "qualified": "Qualified",
    "booked": "Booked",
    "attended": "Attended",
    "treated": "Treated",
}
BASES = {
    "attempted": "contact attempted",
    "submitted": "forms",
}  # how a goal names the stage it is a share of
NOTABLE_GAP = 5  # points between two kinds of hours before it is worth a sentence


@dataclass(frozen=True)
class Goal:
    """Per cent of the stage `of`."""

    of: str
    low: int
    high: int

    def words(self) -> str:
        return f"{self.low}%" if self.low == self.high else f"{self.low} to {self.high}%"


@cache
def goals() -> Mapping[str, Goal]:
    """`data/goals.toml`."""
    return {stage: Goal(**entry) for stage, entry in read_toml("goals.toml").items()}


@dataclass(frozen=True)
class Stage:
    """One line of the funnel. `rate` is of the stage before, `judged` of the stage that the goal speaks of."""

    name: str
    count: int
    before: int
    rate: Share | None
    rate_before: Share | None
    goal: Goal | None
    judged: Share | None

    @property
    def missed(self) -> bool:
        """Under its goal, with enough people to say so."""
        if self.goal is None or self.judged is None or self.judged.few or self.judged.percent is None:
            return False
        return self.judged.percent < self.goal.low

    @property
    def change(self) -> str:
        """'+3 pt' against the period before; '' where either has too few people."""
        if not self.rate or not self.rate_before or self.rate.few or self.rate_before.few:
            return ""
        points = (self.rate.percent or 0) - (self.rate_before.percent or 0)
        return "same" if points == 0 else f"{points:+d} pt"


def stages(funnel: Funnel) -> list[Stage]:
    """Eight lines, first to last."""
    now = dict(zip(STAGES, funnel.stages, strict=True))
    before = dict(zip(STAGES, funnel.before, strict=True))
    lines = [Stage(NAMES["submitted"], now["submitted"], before["submitted"], None, None, None, None)]
    for earlier, stage in pairwise(STAGES):
        goal = goals()[stage]
        lines.append(
            Stage(
                name=NAMES[stage],
                count=now[stage],
                before=before[stage],
                rate=Share(now[stage], now[earlier]),
                rate_before=Share(before[stage], before[earlier]),
                goal=goal,
                judged=Share(now[stage], now[goal.of]),
            )
        )
    return lines


def goal_words(stage: Stage) -> str:
    """'60 to 80%', and of what where that is not the stage before: '50 to 60% of contacted, now 43%'."""
    if stage.goal is None or stage.judged is None or stage.rate is None:
        return ""
    if stage.judged.of == stage.rate.of:
        return stage.goal.words()
    return f"{stage.goal.words()} of {BASES.get(stage.goal.of, stage.goal.of)}, now {stage.judged.words()}"


def period_words(period: Period) -> str:
    """'Oct 20 to Nov 19, before it Sep 20 to Oct 19'"""
    return (
        f"{day(period.first)} to {day(period.last)}, "
        f"before it {day(period.before_first)} to {day(period.before_last)}"
    )


def figures(funnel: Funnel) -> list[Figure]:
    """The four on top."""
    submitted, treated = funnel.stages[0], funnel.stages[-1]
    overall, before = Share(treated, submitted), Share(funnel.before[-1], funnel.before[0])
    booking, earlier = funnel.booking_seconds, funnel.booking_seconds_before
    value = money(funnel.treated_cents) if treated else ""
    average = average_money(funnel.treated_cents, treated)
    return [
        Figure(
            "Treated of all forms",
            overall.words() if submitted else "",
            f"goal {goals()['overall'].words()}" + (f", before {before.words()}" if before.of else ""),
        ),
        Figure(
            "Median form to booking",
            span(booking) if booking is not None else "",
            f"before {span(earlier)}" if earlier is not None else "no booking in the period before",
        ),
        Figure("Value of treated", value, f"{treated:,} at {average} on average" if treated else ""),
        Figure(
            "Machine answered",
            span(funnel.machine_seconds) if funnel.machine_seconds is not None else "",
            "median; counted apart from people",
        ),
    ]


def insight(funnel: Funnel) -> str:
    """Whom no person has tried to reach, whether the evening explains it, and with how many they spoke."""
    submitted, attempted = funnel.stages[0], funnel.stages[STAGES.index("attempted")]
    missed = submitted - attempted
    if not submitted:
        return ""
    talked = f" They spoke with {funnel.talked:,} of {attempted:,}." if attempted else ""
    if not missed:
        return f"A person called or wrote to every one of the {submitted:,} people who sent a form.{talked}"
    words = f"Nobody has called or written to {missed:,} of {submitted:,} people yet"
    return f"{words}{_by_hour({slot.name: slot for slot in funnel.slots})}.{talked}"


def _by_hour(slots: Mapping[str, Slot]) -> str:
    evening = Share(slots["evening"].attempted, slots["evening"].forms)
    daytime = Share(slots["day"].attempted, slots["day"].forms)
    if evening.few or daytime.few:
        return ""
    gap = (daytime.percent or 0) - (evening.percent or 0)
    if gap < NOTABLE_GAP:
        return f"; the evening is no worse: {evening.words()} after 6 PM, {daytime.words()} before it"
    late = evening.of - evening.part
    rates = f"The rate after 6 PM is {evening.words()}, before it {daytime.words()}"
    return f"; {late:,} of them came in after 6 PM. {rates}"


def by_form(rows: tuple[FormRow, ...]) -> Iterator[list[Cell]]:
    """Form, forms, contact attempted, qualified, booked, booked of forms, its bar, average value."""
    shares = {row.form: Share(_stage(row, "booked"), row.stages[0]) for row in rows}
    top = max((share.rate or 0 for share in shares.values() if not share.few), default=0)
    for row in rows:
        share = shares[row.form]
        bar = (share.rate or 0) / top if top and not share.few else 0.0
        counts = [f"{_stage(row, stage):,}" for stage in ("submitted", "attempted", "qualified", "booked")]
        yield [
            Cell(form_name(row.form)),
            *(Cell(words) for words in counts),
            Cell(share.words(), pale=share.pale),
            Cell(share=bar),
            Cell(average_money(row.booked_cents, share.part)),
        ]


def _stage(row: FormRow, stage: str) -> int:
    return row.stages[STAGES.index(stage)]


FORM_COLUMNS = ("Form", "Forms", "Attempted", "Qualified", "Booked", "Booked of forms", "", "Average value")


def export(funnel: Funnel, period: Period) -> str:
    """Stages and forms as CSV: counts only, nothing about a patient."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["from", "to", "form", "stage", "leads", "leads in the period before"])
    dates = [period.first.isoformat(), period.last.isoformat()]
    for stage in stages(funnel):
        writer.writerow([*dates, "all", stage.name, stage.count, stage.before])
    writer.writerow([*dates, "all", "Talked with (of contact attempted)", funnel.talked, ""])
    for row in funnel.by_form:
        for stage_key, count in zip(STAGES, row.stages, strict=True):
            writer.writerow([*dates, form_name(row.form), NAMES[stage_key], count, ""])
    return text.getvalue()


@dataclass(frozen=True)
class StageLine:
    """One row of the table beside the bars. `missed` colours the rate and adds a triangle."""

    name: str
    rate: str
    interval: str
    goal: str
    before: str
    change: str
    missed: bool
    pale: bool


def stage_lines(lines: list[Stage]) -> list[StageLine]:
    """The stages in words."""
    return [
        StageLine(
            name=line.name,
            rate=line.rate.words() if line.rate else "",
            interval=line.rate.interval_words() if line.rate else "",
            goal=goal_words(line),
            before=line.rate_before.words() if line.rate_before else "",
            change=line.change,
            missed=line.missed,
            pale=bool(line.rate and line.rate.pale),
        )
        for line in lines
    ]


def sentence(funnel: Funnel) -> str:
    """What the figure shows, for those who cannot see it."""
    counts = ", ".join(f"{line.name} {line.count:,} (before {line.before:,})" for line in stages(funnel))
    return f"Leads by stage: {counts}."
