"""Which leads a result counts, and how far each of them came. Shared by the screens of results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads

L = leads.c
STAGES = ("submitted", "seen", "attempted", "replied", "qualified", "booked", "attended", "treated")
_SPOKEN = (L.contacted_at, L.booked_at, L.attended_at, L.treated_at)
_LATER = (L.qualified_at, L.booked_at, L.attended_at, L.treated_at)
# What shows that a stage was reached: its own time, or that of a later one which cannot come without it. A reply
# shows nothing about an attempt: people answer automatic texts too. Who was spoken to has answered. A cancelled visit
# has no `booked_at` any more; one that nobody came to keeps it.
EVIDENCE: dict[str, tuple[ColumnElement[datetime], ...]] = {
    "seen": (L.viewed_at, L.attempted_at, L.contacted_at, *_LATER),
    "attempted": (L.attempted_at, L.contacted_at, *_LATER),
    "replied": (L.responded_at, L.contacted_at, *_LATER),
    "qualified": _LATER,
    "booked": (L.booked_at, L.attended_at, L.treated_at),
    "attended": (L.attended_at, L.treated_at),
    "treated": (L.treated_at,),
    "talked": _SPOKEN,  # no stage of the funnel: told apart from the attempt
}


@dataclass(frozen=True)
class Scope:
    """Narrows a result; '' leaves a thing open."""

    location: str = ""
    source: str = ""
    treatment: str = ""
    form: str = ""


def in_scope(scope: Scope, start: datetime, end: datetime) -> ColumnElement[bool]:
    """Leads created from `start` up to `end` within the scope."""
    wanted = (
        (L.location, scope.location),
        (L.source, scope.source),
        (L.treatment, scope.treatment),
        (L.form_type, scope.form),
    )
    narrowed = (column == value for column, value in wanted if value)
    return and_(L.created_at >= start, L.created_at < end, *narrowed)


def reached(stage: str, until: datetime) -> ColumnElement[bool]:
    """Whether a lead had come to `stage`, and to each before it, at `until`.

    A lead that replied to the machine and never met a person stays at 'seen': stages follow one another.
    """
    own = or_(*(column < until for column in EVIDENCE[stage]))
    return and_(own, reached("attempted", until)) if stage == "replied" else own


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def stage_counts(until: datetime) -> list[ColumnElement[int]]:
    """One column for each of STAGES, the leads that came that far by `until`."""
    return [func.count(), *(how_many(reached(stage, until)) for stage in STAGES[1:])]


@dataclass(frozen=True)
class Choices:
    """What the filters of the results can be set to."""

    sources: Sequence[str]
    treatments: Sequence[str]
    forms: Sequence[str]


def choices(session: Session, actor: Actor, since: datetime) -> Choices:
    """Values that leads created since then carry. Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    statement = select(L.source, L.treatment, L.form_type).where(L.created_at >= since).distinct()
    rows = session.execute(statement).all()
    return Choices(
        sources=sorted({row.source for row in rows if row.source}),
        treatments=sorted({row.treatment for row in rows if row.treatment}),
        forms=sorted({row.form_type for row in rows}),
    )
