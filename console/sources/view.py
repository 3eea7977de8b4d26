"""Sources in words and figures: what each brings, and how sure that is. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.parts.figures import FEW, Figure, Share, label, money
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
    rank: int | None

    @property
    def average_cents(self) -> int | None:
        return round(self.booked_cents / self.booked.part) if self.booked.part else None


def lines(rows: Sequence[SourceRow], grouping: str) -> list[Line]:
    """Most forms first. The rank is by booked of forms, among those with people enough to say so."""
    name = form_name if grouping == "form" else label
    shares = [Share(row.booked, row.forms) for row in rows]
    order = sorted((share.rate or 0 for share in shares if not share.few), reverse=True)
    return [
        Line(
            name=name(row.name),
            detail=detail_words(row, grouping),
            forms=row.forms,
            attempted=Share(row.attempted, row.forms),
            talked=Share(row.talked, row.forms),
            booked=share,
            treated=row.treated,
            booked_cents=row.booked_cents,
            rank=None if share.few else order.index(share.rate or 0) + 1,
        )
        for row, share in zip(rows, shares, strict=True)
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
        rank=None,
    )


def finding(found: Sequence[Line]) -> str:
    """What the figure shows, as a title: the best source, only where its interval is clear of the whole."""
    able = [line for line in found if not line.booked.few]
    if len(able) < 2:
        return "How often a form becomes a booking"
    best = max(able, key=lambda line: line.booked.rate or 0)
    rest = total([line for line in found if line is not best]).booked
    if best.booked.interval()[0] > (rest.rate or 0):
        return f"{best.name} books most often: {best.booked.words()} of its forms, the rest {rest.words()}"
    return "No source books clearly more often than the others"


def few_words(found: Sequence[Line]) -> str:
    """Which rows have too few people for per cent."""
    few = [line.name for line in found if line.booked.few]
    if not few:
        return ""
    named = ", ".join(few[:4]) + (f" and {len(few) - 4} more" if len(few) > 4 else "")
    return f"Not enough data yet: {named}. A rate and a rank need {FEW} forms."


def sentence(found: Sequence[Line]) -> str:
    """The figure for those who cannot see it."""
    rates = ", ".join(f"{line.name} {line.booked.words()} of {line.forms} forms" for line in found)
    return f"Share of forms that were booked, by source: {rates}."


def export(found: Sequence[Line], period: Period, grouping: str) -> str:
    """The table as CSV: sums only, nothing about a patient."""
    text = io.StringIO()
    writer = csv.writer(text)
    counted = ("forms", "contact attempted", "talked with", "booked", "treated", "booked value")
    writer.writerow(["from", "to", kind_of(grouping), *counted])
    dates = [period.first.isoformat(), period.last.isoformat()]
    for line in found:
        counts = [line.forms, line.attempted.part, line.talked.part, line.booked.part, line.treated]
        writer.writerow([*dates, safe(line.name), *counts, f"{line.booked_cents / 100:.2f}"])
    return text.getvalue()


def safe(text: str) -> str:
    """A name that came in an address must not become a formula in somebody's spreadsheet."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


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
