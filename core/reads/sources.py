"""Where leads come from, and what became of them. No patient's name is read here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope, how_many, in_scope, reached

L = leads.c
GROUPINGS = {"source": "By source", "campaign": "By campaign", "form": "By form"}
FIGURES = 7


@dataclass(frozen=True)
class SourceRow:
    """One source, campaign or form. `parts` say what it is made of, the largest first: media, campaigns, sources.

    `attempted`: a person tried to reach them; `talked`: the two spoke.
    """

    name: str
    parts: tuple[str, ...]
    forms: int
    attempted: int
    booked: int
    treated: int
    booked_cents: int
    treated_cents: int
    talked: int = 0


def read(
    session: Session, actor: Actor, period: Period, scope: Scope, grouping: str
) -> tuple[SourceRow, ...]:
    """Rows of the period, most forms first; `grouping` is one of GROUPINGS. Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    booked, treated = reached("booked", period.end), reached("treated", period.end)
    statement = (
        select(
            L.source,
            L.medium,
            L.campaign,
            L.form_type.label("form"),
            func.count(),
            how_many(reached("attempted", period.end)),
            how_many(booked),
            how_many(treated),
            func.coalesce(func.sum(case((booked, L.value_cents), else_=0)), 0),
            func.coalesce(func.sum(case((treated, L.value_cents), else_=0)), 0),
            how_many(reached("talked", period.end)),
        )
        .where(in_scope(scope, period.start, period.end))
        .group_by(L.source, L.medium, L.campaign, L.form_type)
    )
    return fold(session.execute(statement), grouping)


def fold(rows: Iterable[Any], grouping: str) -> tuple[SourceRow, ...]:
    """Sum rows of (source, medium, campaign, form, seven figures) by what they are grouped by."""
    figures: dict[str, list[int]] = {}
    parts: dict[str, dict[str, int]] = {}
    for source, medium, campaign, form, *counts in rows:
        name = {"source": source, "campaign": campaign, "form": form}.get(grouping, source)
        part = {"source": campaign or medium, "campaign": source, "form": source}.get(grouping, medium)
        sums = figures.setdefault(name, [0] * FIGURES)
        figures[name] = [old + int(new) for old, new in zip(sums, counts, strict=True)]
        share = parts.setdefault(name, {})
        share[part] = share.get(part, 0) + int(counts[0])
    folded = [
        SourceRow(name, tuple(sorted(filter(None, parts[name]), key=lambda p: -parts[name][p])), *sums)
        for name, sums in figures.items()
    ]
    return tuple(sorted(folded, key=lambda row: (-row.forms, row.name)))
