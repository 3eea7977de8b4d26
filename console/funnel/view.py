"""The funnel in words and figures: stages with rate, goal, period before; one insight; a table by form. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from console.parts import spreadsheet
from console.parts.figures import Cell, Figure, Share, average_money, money, span
from console.parts.goals import Goal, goals
from console.parts.words import form_name
from core.reads.funnel import BY_A_PERSON, FormRow, Funnel, Slot
from core.reads.parts.periods import Period
from core.reads.parts.scopes import STAGES

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
BASES = {"attempted": "those tried", "submitted": "forms"}  # what a share of that stage is called
NOTABLE_GAP = 5  # points between two kinds of hours before it is worth a sentence


@dataclass(frozen=True)
class Stage:
    """One line of the funnel. `rate` is of what its goal speaks of, named in `of` where not the stage before."""

    name: str
    count: int
    before: int
    rate: Share | None = None
    rate_before: Share | None = None
    goal: Goal | None = None
    of: str = ""

    @property
    def missed(self) -> bool:
        """Under its goal, with enough people to say so."""
        if self.goal is None or self.rate is None or self.rate.few or self.rate.percent is None:
            return False
        return self.rate.percent < self.goal.low

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
    lines = [Stage(NAMES["submitted"], now["submitted"], before["submitted"])]
    for earlier, stage in pairwise(STAGES):
        goal = goals()[stage]
        lines.append(
            Stage(
                name=NAMES[stage],
                count=now[stage],
                before=before[stage],
                rate=Share(now[stage], now[goal.of]),
                rate_before=Share(before[stage], before[goal.of]),
                goal=goal,
                of="" if goal.of == earlier else BASES.get(goal.of, goal.of),
            )
        )
    return lines


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


def not_tried(funnel: Funnel) -> int:
    """How many people nobody has called or written to yet."""
    return funnel.stages[0] - funnel.stages[STAGES.index(BY_A_PERSON)]


def insight(funnel: Funnel) -> str:
    """Whom no person has tried to reach, and which hours explain it; '' where there is nothing to look into."""
    missed = not_tried(funnel)
    if not missed:
        return ""
    verb = "was" if missed == 1 else "were"
    words = f"{missed:,} of {funnel.stages[0]:,} people {verb} not called or written to yet"
    return f"{words}{_by_hour({slot.name: slot for slot in funnel.slots})}."


def _by_hour(slots: Mapping[str, Slot]) -> str:
    """The hours in which fewer are tried, where that is no chance: their 95 % intervals are apart."""
    evening = Share(slots["evening"].attempted, slots["evening"].forms)
    daytime = Share(slots["day"].attempted, slots["day"].forms)
    worse, better = sorted((evening, daytime), key=lambda share: share.rate or 0)
    gap = (better.percent or 0) - (worse.percent or 0)
    if evening.few or daytime.few or gap < NOTABLE_GAP or worse.interval()[1] >= better.interval()[0]:
        return ""
    when, other = ("after", "before") if worse == evening else ("before", "after")
    return (
        f"; {worse.of - worse.part:,} of them came in {when} 6 PM. "
        f"The rate {when} 6 PM is {worse.words()}, {other} it {better.words()}"
    )


def talked(funnel: Funnel) -> str:
    """With how many of those tried a person spoke: no stage of its own, as later ones come without it."""
    tried = funnel.stages[STAGES.index(BY_A_PERSON)]
    return (
        f"Staff spoke with {funnel.talked:,} of the {tried:,} whom they called or wrote to." if tried else ""
    )


def opened(funnel: Funnel) -> str:
    """How many opened a link of ours: no stage either, as not everybody is sent one."""
    people = "person" if funnel.opened == 1 else "people"
    return f"{funnel.opened:,} {people} opened a link that we sent them." if funnel.opened else ""


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


EXPORTED = (
    "form", "stage", "leads", "rate", "rate is of", "goal", "value",
    "leads in the period before", "rate in the period before",
)  # fmt: skip


def export(funnel: Funnel, period: Period, narrowed: Mapping[str, str]) -> str:
    """Stages and forms as CSV, with the filters that were on: sums only, nothing about a patient."""
    rows = [[*_exported("all", line), "", *_exported_before(line)] for line in stages(funnel)]
    _put_value(rows, sum(row.booked_cents for row in funnel.by_form), funnel.treated_cents)
    rows += [_talked(funnel), _overall(funnel)]
    for form in funnel.by_form:
        lines = stages(replace(funnel, stages=form.stages, before=(0,) * len(STAGES)))
        of_form = [[*_exported(form_name(form.form), line), "", "", ""] for line in lines]
        _put_value(of_form, form.booked_cents, form.treated_cents)
        rows += of_form
    return spreadsheet.table(period, narrowed, EXPORTED, rows)


def _exported(form: str, line: Stage) -> list[str]:
    rate = spreadsheet.rate(line.rate) if line.rate else ""
    of = (line.of or "stage before") if line.rate else ""
    return [form, line.name, str(line.count), rate, of, line.goal.words() if line.goal else ""]


def _exported_before(line: Stage) -> list[str]:
    return [str(line.before), spreadsheet.rate(line.rate_before) if line.rate_before else ""]


def _put_value(rows: list[list[str]], booked_cents: int, treated_cents: int) -> None:
    """What was booked and treated is worth stands in the lines of these stages."""
    for stage, cents in (("booked", booked_cents), ("treated", treated_cents)):
        rows[STAGES.index(stage)][EXPORTED.index("value")] = spreadsheet.dollars(cents)


def _talked(funnel: Funnel) -> list[str]:
    share = Share(funnel.talked, funnel.stages[STAGES.index(BY_A_PERSON)])
    return [
        "all",
        "Talked with",
        str(share.part),
        spreadsheet.rate(share),
        BASES[BY_A_PERSON],
        "",
        "",
        "",
        "",
    ]


def _overall(funnel: Funnel) -> list[str]:
    now, before = (Share(counts[-1], counts[0]) for counts in (funnel.stages, funnel.before))
    return [
        "all", "Treated of all forms", str(now.part), spreadsheet.rate(now), "forms", goals()["overall"].words(),
        spreadsheet.dollars(funnel.treated_cents), str(before.part), spreadsheet.rate(before),
    ]  # fmt: skip


@dataclass(frozen=True)
class StageLine:
    """One row of the table beside the bars. `note`: interval and base. `missed` colours the rate, adds a triangle."""

    name: str
    rate: str
    note: str
    goal: str
    before: str
    change: str
    missed: bool
    pale: bool


def of_words(line: Stage) -> str:
    """'of forms' where the rate is not of the stage before, else ''."""
    return f"of {line.of}" if line.of else ""


def stage_lines(lines: list[Stage]) -> list[StageLine]:
    """The stages in words."""
    return [
        StageLine(
            name=line.name,
            rate=line.rate.words() if line.rate else "",
            note=", ".join(filter(None, (line.rate.interval_words() if line.rate else "", of_words(line)))),
            goal=line.goal.words() if line.goal else "",
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
