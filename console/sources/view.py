"""Sources in words and figures: what each brings, and how sure that is. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.parts import spreadsheet
from console.parts.figures import FEW, Cell, Figure, Share, average_money, label, money
from console.parts.words import form_name
from core.reads.parts.periods import Period
from core.reads.sources import GROUPINGS, SourceRow

MOST_PARTS = 3
HOW_TO_READ = "Share of forms that were booked; lines: where the true rate lies, 95%. Dashed: all together."


@dataclass(frozen=True)
class Line:
    """One row: `booked` is of forms, `attempted` and `talked` of forms; values in cents."""

    name: str
    detail: str
    forms: int
    attempted: Share
    talked: Share
    booked: Share
    treated: int
    booked_cents: int

    @property
    def average_cents(self) -> int | None:
        return round(self.booked_cents / self.booked.part) if self.booked.part else None


def lines(rows: Sequence[SourceRow], grouping: str) -> list[Line]:
    """Most forms first."""
    name = form_name if grouping == "form" else label
    return [
        Line(
            name=name(row.name),
            detail=detail_words(row, grouping),
            forms=row.forms,
            attempted=Share(row.attempted, row.forms),
            talked=Share(row.talked, row.forms),
            booked=Share(row.booked, row.forms),
            treated=row.treated,
            booked_cents=row.booked_cents,
        )
        for row in rows
    ]


# How the table can be ordered; a rate that rests on too few forms stands below those that do not.
ORDERS: Mapping[str, tuple[str, Callable[[Line], float]]] = {
    "rate": ("Rate first", lambda line: -1 if line.booked.few else line.booked.rate or 0),
    "booked": ("Booked first", lambda line: line.booked.part),
    "value": ("Value first", lambda line: line.booked_cents),
    "average": ("Average first", lambda line: line.average_cents or 0),
}
USUAL_ORDER = "Forms first"


def ordered(found: Sequence[Line], order: str) -> list[Line]:
    """By one of ORDERS, else as they are: most forms first."""
    return sorted(found, key=ORDERS[order][1], reverse=True) if order in ORDERS else list(found)


def columns(grouping: str) -> list[str]:
    return [
        kind_of(grouping).capitalize(), "Forms", "Attempted", "Talked with", "Booked", "Booked of forms",
        "Booked value", "Average value",
    ]  # fmt: skip


MINOR = ("Attempted", "Talked with", "Booked", "Average value")  # left out on a phone


def cells(line: Line) -> list[Cell]:
    """One row of the table."""
    return [
        Cell(line.name, below=line.detail),
        Cell(f"{line.forms:,}"),
        Cell(f"{line.attempted.part:,}"),
        Cell(f"{line.talked.part:,}"),
        Cell(f"{line.booked.part:,}"),
        Cell(line.booked.words(), pale=line.booked.pale),
        Cell(money(line.booked_cents) if line.booked.part else "none", pale=not line.booked.part),
        Cell(average_money(line.booked_cents, line.booked.part), pale=not line.booked.part),
    ]


def kind_of(grouping: str) -> str:
    """'source', 'campaign' or 'form'."""
    return GROUPINGS.get(grouping, GROUPINGS["source"]).removeprefix("By ")


def detail_words(row: SourceRow, grouping: str) -> str:
    """What the row is made of: 'Search brand, Fall consult and 2 more'."""
    named = [label(part) for part in row.parts if part and not (grouping != "source" and part == row.name)]
    more = len(named) - MOST_PARTS
    words = ", ".join(named[:MOST_PARTS])
    return f"{words} and {more} more" if more > 0 else words


def total(found: Sequence[Line]) -> Line:
    """Everything together."""
    forms = sum(line.forms for line in found)
    return Line(
        name="All",
        detail="",
        forms=forms,
        attempted=Share(sum(line.attempted.part for line in found), forms),
        talked=Share(sum(line.talked.part for line in found), forms),
        booked=Share(sum(line.booked.part for line in found), forms),
        treated=sum(line.treated for line in found),
        booked_cents=sum(line.booked_cents for line in found),
    )


def finding(found: Sequence[Line], grouping: str) -> str:
    """What the figure shows, as a title: the best of its kind, only where its interval is clear of the rest."""
    able = [line for line in found if not line.booked.few and line.name != label("")]
    if len(able) < 2:
        return "How often a form becomes a booking"
    best = max(able, key=lambda line: line.booked.rate or 0)
    rest = total([line for line in found if line is not best]).booked
    if best.booked.interval()[0] > (rest.rate or 0):
        return f"{best.name} books most often: {best.booked.words()} of its forms, the rest {rest.words()}"
    return f"No {kind_of(grouping)} books clearly more often than the others"


def few_words(found: Sequence[Line]) -> str:
    """Which rows have too few people for per cent."""
    few = [line.name for line in found if line.booked.few]
    if not few:
        return ""
    named = ", ".join(few[:4]) + (f" and {len(few) - 4} more" if len(few) > 4 else "")
    return f"Not enough data yet: {named}. A rate needs {FEW} forms."


def sentence(found: Sequence[Line], grouping: str) -> str:
    """The figure for those who cannot see it."""
    rates = ", ".join(f"{line.name} {line.booked.words()} of {line.forms} forms" for line in found)
    return f"Share of forms that were booked, by {kind_of(grouping)}: {rates}."


EXPORTED = (
    "forms", "contact attempted", "talked with", "booked", "booked of forms", "treated", "booked value",
    "average value",
)  # fmt: skip


def export(found: Sequence[Line], period: Period, narrowed: Mapping[str, str], grouping: str) -> str:
    """The table as CSV, with the filters that were on and the total at the end: sums, nothing about a patient."""
    lines_ = [*found, total(found)]
    return spreadsheet.table(period, narrowed, (kind_of(grouping), *EXPORTED), map(_exported, lines_))


def _exported(line: Line) -> list[str]:
    counts = [str(n) for n in (line.forms, line.attempted.part, line.talked.part, line.booked.part)]
    average = "" if line.average_cents is None else spreadsheet.dollars(line.average_cents)
    value = spreadsheet.dollars(line.booked_cents)
    return [line.name, *counts, spreadsheet.rate(line.booked), str(line.treated), value, average]


def bars(found: Sequence[Line]) -> list[dict[str, Any]]:
    """What a figure draws of each row."""
    return [
        {
            "name": line.name,
            "forms": line.forms,
            "booked": line.booked.part,
            "few": line.booked.few,
            "low": line.booked.interval()[0],
            "high": line.booked.interval()[1],
            "cents": line.booked_cents,
        }
        for line in found
    ]


def figures(found: Sequence[Line], grouping: str) -> list[Figure]:
    """The whole in four figures."""
    kind = kind_of(grouping)
    whole = total(found)
    average = whole.average_cents
    return [
        Figure("Forms", f"{whole.forms:,}", f"from {len(found)} {kind if len(found) == 1 else f'{kind}s'}"),
        Figure("A person spoke with", f"{whole.talked.part:,}", f"{whole.talked.words()} of forms"),
        Figure("Booked", f"{whole.booked.part:,}", f"{whole.booked.words()} of forms"),
        Figure(
            "Booked value",
            money(whole.booked_cents) if whole.booked.part else "",
            f"{money(average)} on average; no spend entered" if average else "no spend entered",
        ),
    ]


def summary(found: Sequence[Line]) -> str:
    """One line below the title."""
    whole = total(found)
    return f"{whole.forms:,} forms, {whole.booked.part:,} booked, {money(whole.booked_cents)} booked value"
