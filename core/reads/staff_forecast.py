"""How many forms usually come while nobody is on shift: counted of the same weekday and hours of past weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.domain.hours import Span, at
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads import staff
from core.reference import Reference

L = leads.c
WEEKS, FEWEST = 8, 4  # counted back; with fewer nobody knows what is usual
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Usual:
    """A gap of one date at a location, and how many forms came in it on average."""

    slug: str
    day: date
    gap: Span
    forms: float


def usual(session: Session, actor: Actor, reference: Reference, day: date, *, now: datetime) -> list[Usual]:
    """Of every gap of the week that `day` lies in; none in the first FEWEST weeks of a clinic. Raises Denied."""
    require(actor, Permission.SEE_STAFF)
    weeks = _weeks(session, now)
    if weeks < FEWEST:
        return []
    zone, found = reference.clinic.zone, staff.week(session, actor, reference, day, now=now)
    return [
        Usual(place.slug, one.day, gap, _forms(session, place.slug, list(_before(gap, weeks, zone, now))))
        for place in found.places
        for one in place.days
        for gap in one.gaps
    ]


def _weeks(session: Session, now: datetime) -> int:
    """How many whole weeks there are to count, WEEKS at most."""
    first = session.execute(select(func.min(L.created_at)).where(L.submission_id.is_not(None))).scalar()
    return min(WEEKS, (now - first) // A_WEEK) if first else 0


def _before(gap: Span, weeks: int, zone: ZoneInfo, now: datetime) -> Iterator[Span]:
    """The same hours of the wall in the last `weeks` weeks in which they are over."""
    newest = max(1, -((now - gap[1]) // A_WEEK))
    for back in range(newest, newest + weeks):
        yield _earlier(gap[0], back, zone), _earlier(gap[1], back, zone)


def _earlier(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone)
    return at(wall.date() - weeks * A_WEEK, wall.time(), zone)


def _forms(session: Session, slug: str, spans: list[Span]) -> float:
    inside = or_(*(and_(L.created_at >= start, L.created_at < end) for start, end in spans))
    statement = select(func.count()).where(L.location == slug, L.submission_id.is_not(None), inside)
    return int(session.execute(statement).scalar_one()) / len(spans)
