"""Staff: who they are, who is on when in a week, and where a location is open and nobody is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.domain.hours import A_DAY, Span, WeeklyHours, at
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads.parts import alert_ways
from core.reads.parts.alert_ways import Ways
from core.reference import Reference
from core.staff import coverage_rules, shift_rules
from core.staff.coverage_rules import DayOfPlace
from core.staff.profile_rules import Introduction, Profile
from core.staff.shift_rules import Rota
from core.staff.store import accounts, rota
from core.staff.store.people import colleagues
from core.staff.store.rota import Turn
from core.staff.tables import staff

S, L = staff.c, leads.c
AHEAD = 4  # shifts that are told from now on, so that a screen knows who is on without asking again


@dataclass(frozen=True)
class DayOfPerson:
    """One date of a person. `planned` are its shifts, `shifts` what time off leaves of them. `own`: it has hours of its
    own. `off`, `on_call`: the parts of it that these take."""

    day: date
    planned: Sequence[Span]
    shifts: Sequence[Span]
    own: bool
    off: Sequence[Span]
    on_call: Sequence[Span]


@dataclass(frozen=True)
class Person:
    """One member of staff. `load` of `capacity` open leads; `told`: some way of alerts leads to them.

    `ahead`: the shift that they are on and those that follow; `calls`: when they are on call. `status` is what they
    chose, until `status_until`. `weekly` by weekday ("0" Monday).
    """

    id: str
    name: str
    role: str
    title: str
    location: str
    active: bool
    accepts_leads: bool
    load: int
    capacity: int
    told: bool
    skills: Sequence[str]
    languages: Sequence[str]
    status: str
    status_until: datetime | None
    weekly: Mapping[str, Sequence[str]]
    days: Sequence[DayOfPerson]
    ahead: Sequence[Span]
    calls: Sequence[Span]


@dataclass(frozen=True)
class PlaceWeek:
    """A location's week. Only who takes leads covers it."""

    slug: str
    name: str
    days: Sequence[DayOfPlace]


@dataclass(frozen=True)
class Week:
    """`days`: Monday to Sunday, each with the moments at which it begins and ends in the clinic's zone."""

    days: Sequence[tuple[date, Span]]
    people: Sequence[Person]
    places: Sequence[PlaceWeek]


def week(session: Session, actor: Actor, reference: Reference, day: date, *, now: datetime) -> Week:
    """The week that `day` lies in, who takes leads first, by name, closed accounts last. Raises Denied."""
    require(actor, Permission.SEE_STAFF)
    zone, dates = reference.clinic.zone, coverage_rules.week_of(day)
    spans = [(at(one, time(), zone), at(one + A_DAY, time(), zone)) for one in dates]
    plans = _plans(session, min(spans[0][0], now))
    calls = _on_call(session, min(spans[0][0], now))
    able = {one.id for one in colleagues(session) if one.can_be_told}
    people = [
        _person(row, plans[row.id], calls.get(row.id, ()), reference, dates, now, told=row.id in able)
        for row in session.execute(_PEOPLE)
    ]
    places = [
        PlaceWeek(
            place.slug, place.name, [_covered(place.hours, place.slug, plans, people, one) for one in dates]
        )
        for place in reference.clinic.locations.values()
    ]
    return Week(list(zip(dates, spans, strict=True)), people, places)


_LOAD = (
    select(func.count())
    .where(L.owner_id == S.id, is_word(L.state, "open"))
    .correlate(staff)
    .scalar_subquery()
)
_PEOPLE = select(
    S.id, S.name, S.role, S.title, S.location, S.active, S.accepts_leads, _LOAD.label("load"), S.capacity,
    S.skills, S.languages, S.status, S.status_until, S.hours,
).order_by(S.active.desc(), S.accepts_leads.desc(), S.name)  # fmt: skip


def _plans(session: Session, since: datetime) -> dict[str, Rota]:
    dates = rota.dates(session, since)
    rows = session.execute(select(S.id, S.location, S.hours, S.status, S.status_until))
    return {
        row.id: Rota(*row, days=dates.days.get(row.id, {}), off=dates.off.get(row.id, ())) for row in rows
    }


def _on_call(session: Session, since: datetime) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for turn in rota.on_call_since(session, since):
        found[turn.staff_id].append((turn.starts_at, turn.ends_at))
    return found


def _person(
    row: Any,
    plan: Rota,
    calls: Sequence[Span],
    reference: Reference,
    dates: Sequence[date],
    now: datetime,
    *,
    told: bool,
) -> Person:
    place = reference.clinic.hours(row.location)
    return Person(
        id=row.id,
        name=row.name,
        role=row.role,
        title=row.title,
        location=row.location or reference.clinic.default_location,
        active=row.active,
        accepts_leads=row.accepts_leads,
        load=row.load,
        capacity=row.capacity,
        told=told,
        skills=row.skills,
        languages=row.languages,
        status=row.status,
        status_until=row.status_until,
        weekly=row.hours,
        days=[_day(plan, calls, place, one) for one in dates] if row.active else [],
        ahead=list(islice(shift_rules.shifts(plan, place, now), AHEAD)) if row.active else [],
        calls=calls,
    )


def _day(plan: Rota, calls: Sequence[Span], place: WeeklyHours, day: date) -> DayOfPerson:
    whole = (at(day, time(), place.zone), at(day + A_DAY, time(), place.zone))
    return DayOfPerson(
        day,
        shift_rules.own_hours(plan, place).on(day),
        coverage_rules.worked(plan, place, day),
        day in plan.days,
        _parts(plan.off, whole),
        _parts(calls, whole),
    )


def _parts(spans: Sequence[Span], whole: Span) -> list[Span]:
    """What of `spans` lies in one day."""
    cut = [(max(start, whole[0]), min(end, whole[1])) for start, end in spans]
    return [(start, end) for start, end in cut if start < end]


def _covered(
    hours: WeeklyHours, slug: str, plans: Mapping[str, Rota], people: Sequence[Person], day: date
) -> DayOfPlace:
    there = [plans[one.id] for one in people if one.active and one.accepts_leads and one.location == slug]
    return coverage_rules.day_of(hours, there, day)


@dataclass(frozen=True)
class Planned:
    """What is planned for one person from now on, for who plans."""

    off: Sequence[Turn]
    on_call: Sequence[Turn]


def planned(session: Session, actor: Actor, staff_id: str, *, now: datetime) -> Planned:
    """Time off with its notes, and turns on call. Raises Denied."""
    require(actor, Permission.PLAN_SHIFTS)
    off = [turn for turn in rota.time_off_since(session, now) if turn.staff_id == staff_id]
    return Planned(off, [turn for turn in rota.on_call_since(session, now) if turn.staff_id == staff_id])


def profile(session: Session, actor: Actor, staff_id: str) -> Profile:
    """All that an administrator decides about a person. Raises Denied, NotFound."""
    require(actor, Permission.MANAGE_STAFF)
    known = accounts.by_id(session, staff_id)
    names = [one.name for one in fields(Profile)]
    row = session.execute(select(*(S[name] for name in names)).where(S.id == known.id)).one()
    return Profile(**{name: _held(getattr(row, name)) for name in names})


def introduction(session: Session, actor: Actor, staff_id: str) -> Introduction:
    """What patients may choose a provider by. One's own, or whoever plans shifts anybody's. Raises Denied, NotFound."""
    require(actor, Permission.KEEP_ACCOUNT if staff_id == actor.staff_id else Permission.PLAN_SHIFTS)
    known = accounts.by_id(session, staff_id)
    return Introduction(*session.execute(select(S.gender, S.about).where(S.id == known.id)).one())


def ways(session: Session, actor: Actor, staff_id: str) -> Ways:
    """By which ways somebody is told. One's own, or as an administrator anybody's. Raises Denied, NotFound."""
    own = staff_id == actor.staff_id
    require(actor, Permission.KEEP_ACCOUNT if own else Permission.MANAGE_STAFF)
    return alert_ways.of(session, staff_id)


def _held(value: Any) -> Any:
    return "" if value is None else tuple(value) if isinstance(value, list) else value
