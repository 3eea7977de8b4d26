"""Speed: when people heard from us, machine and person apart, what a person's speed brought, where it is lost.

The leads are the funnel's; docs/figures.md defines every figure. No patient is named.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads.funnel import machine_spans
from core.reads.leaderboard import goal_seconds
from core.reads.parts.first_contacts import HOW, TRIED_AT, Stopwatch, flag, joined, unix
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope, in_scope, reached
from core.reads.parts.speed_figures import (
    FOUR_BANDS,
    SIX_BANDS,
    Bands,
    Histogram,
    Rate,
    Times,
    difference,
    histogram,
    like_for_like,
    mean,
    mix,
    rate,
    times,
)
from core.reference import Reference
from core.sla.tables import sla_clocks

C, L = sla_clocks.c, leads.c
ALIKE = ("temperature", "treatment", "form")  # what leads that are compared like for like may have in common
SLOTS = ((0, 10), (10, 12), (12, 14), (14, 16), (16, 24))  # hours of the clinic's day


class Lead(NamedTuple):
    """One lead; moments in seconds since 1970, None for never."""

    id: str
    location: str
    temperature: str
    treatment: str
    form: str
    call_only: bool
    contacted: int
    talked: int
    booked: int
    cents: int
    how: str
    created: float
    started: float | None
    tried: float | None
    assigned: float | None
    seen: float | None
    spoke: float | None


Timed = Sequence[tuple[float, Lead]]


@dataclass(frozen=True)
class Brought:
    """What one band of time to a person brought: reached (talked with), booked, and dollars booked a lead."""

    name: str
    reached: Rate
    booked: Rate
    value: Rate


@dataclass(frozen=True)
class Cell:
    """Forms of one weekday and stretch of hours that came while the clinic was open; seconds to a person."""

    median: float | None
    many: int
    opens: bool


@dataclass(frozen=True)
class Step:
    """A step on the way to a conversation: median seconds of leads that were contacted within the goal, and later."""

    code: str
    within: float | None
    later: float | None


@dataclass(frozen=True)
class Gap:
    """How much more the leads that were contacted within five minutes book than those of 5 to 15, from -1 to 1."""

    as_it_was: float
    like_for_like: float
    low: float
    high: float
    later: int  # people in the slower band


@dataclass(frozen=True)
class Speed:
    """`within` and `later` of the goal, and never, of `forms`.

    `bands` as it was; `alike` like for like, and `gaps` between the two fastest, each by what is alike (ALIKE).

    `unseen`: of those contacted later than the goal, how many were opened later than it already. `never_closed`,
    `never_call_only` of `never` came while the clinic was closed, or may only be called.
    """

    forms: int
    goal_seconds: float
    machine: Times | None
    machine_slowest: float | None
    person: Times | None
    machine_histogram: Histogram
    person_histogram: Histogram
    within: int
    later: int
    never: int
    bands: tuple[Brought, ...]
    alike: Mapping[str, tuple[Brought, ...]]
    gaps: Mapping[str, Gap | None]
    grid: tuple[tuple[Cell, ...], ...]
    steps: tuple[Step, ...]
    unseen: int
    never_closed: int
    never_call_only: int
    wall: bool


def read(
    session: Session,
    actor: Actor,
    reference: Reference,
    period: Period,
    scope: Scope,
    wall: bool,
) -> Speed:
    """`wall`: times by the clock on the wall instead of in opening hours. Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    watch, goal = Stopwatch(reference, period, wall=wall), goal_seconds(reference)
    found = leads_of(session, period, scope)
    machine = machine_spans(session, in_scope(scope, period.start, period.end))
    timed = timed_of(found, watch)
    spans = [span for span, _ in timed]
    never = [one for one in found if not one.contacted]
    late = [(span, one) for span, one in timed if span > goal]
    return Speed(
        forms=len(found),
        goal_seconds=goal,
        machine=times(machine),
        machine_slowest=_of_a_hundred(machine),
        person=times(spans),
        machine_histogram=histogram(machine, goal),
        person_histogram=histogram(spans, goal),
        within=len(timed) - len(late),
        later=sum(one.contacted for one in found) - (len(timed) - len(late)),
        never=len(never),
        bands=_brought(timed, SIX_BANDS, {}),
        alike={by: _brought(timed, SIX_BANDS, _mix_of(timed, by), by) for by in ALIKE},
        gaps={by: _gap(timed, by) for by in ALIKE},
        grid=_grid(timed, reference, watch),
        steps=_steps(timed, goal, watch),
        unseen=sum(_seen_late(one, goal, watch) for _, one in late),
        never_closed=sum(not watch.is_open(one.location, one.created) for one in never),
        never_call_only=sum(bool(one.call_only) for one in never if watch.is_open(one.location, one.created)),
        wall=wall,
    )


def timed_of(found: Iterable[Lead], watch: Stopwatch) -> Timed:
    """Those whom a person tried to reach, each with the seconds that it took."""
    return [
        (watch.seconds(one.location, one.started, one.tried), one)
        for one in found
        if one.started is not None and one.tried is not None
    ]


def leads_of(session: Session, period: Period, scope: Scope) -> list[Lead]:
    """Every lead of the period and scope, in no order."""
    until = period.end
    statement = joined(
        L.id, L.location, L.temperature, L.treatment, L.form_type, L.call_only, flag(reached("attempted", until)),
        flag(reached("talked", until)), flag(reached("booked", until)), L.value_cents, HOW, unix(L.created_at),
        unix(C.started_at), unix(TRIED_AT), unix(L.assigned_at), unix(L.viewed_at), unix(L.contacted_at),
    ).where(in_scope(scope, period.start, period.end))  # fmt: skip
    return [Lead._make(row) for row in session.execute(statement).all()]


def _of_a_hundred(spans: Sequence[float]) -> float | None:
    """What 99 of 100 did not exceed."""
    return sorted(spans)[max(0, -(-99 * len(spans) // 100) - 1)] if spans else None


def _mix_of(timed: Timed, by: str) -> dict[str, float]:
    return mix(Counter(str(getattr(one, by)) for _, one in timed))


def _brought(
    timed: Timed, bands: Bands, weights: Mapping[str, float], by: str = ALIKE[0]
) -> tuple[Brought, ...]:
    """With `weights` like for like, `by` one of ALIKE; without as it was."""
    by_band: defaultdict[int, list[Lead]] = defaultdict(list)
    for span, lead in timed:
        by_band[bands.of(span)].append(lead)
    return tuple(
        Brought(
            name,
            _figure(by_band[place], weights, by, lambda its: rate(sum(one.talked for one in its), len(its))),
            _figure(by_band[place], weights, by, lambda its: rate(sum(one.booked for one in its), len(its))),
            _figure(
                by_band[place], weights, by, lambda its: mean([one.booked * one.cents / 100 for one in its])
            ),
        )
        for place, name in enumerate(bands.names)
    )


def _figure(
    found: Sequence[Lead], weights: Mapping[str, float], by: str, figure: Callable[[Sequence[Lead]], Rate]
) -> Rate:
    if not weights:
        return figure(found)
    strata = {name: figure([one for one in found if getattr(one, by) == name]) for name in weights}
    return like_for_like(strata, weights)


def _gap(timed: Timed, by: str) -> Gap | None:
    """Within five minutes against 5 to 15, as it was and like for like among these two."""
    both = [(span, one) for span, one in timed if FOUR_BANDS.of(span) < 2]
    fast, slow = _brought(both, FOUR_BANDS, {})[:2]
    alike_fast, alike_slow = _brought(both, FOUR_BANDS, _mix_of(both, by), by)[:2]
    crude, alike = difference(fast.booked, slow.booked), difference(alike_fast.booked, alike_slow.booked)
    return Gap(crude[0], *alike, slow.booked.of) if crude and alike else None


def in_hours(lead: Lead, watch: Stopwatch, zone: ZoneInfo) -> tuple[int, int] | None:
    """(weekday from 0 Monday, stretch of SLOTS) of a form that came while its location was open; None of another."""
    if lead.started is None or not watch.is_open(lead.location, lead.started):
        return None
    local = datetime.fromtimestamp(lead.started, zone)
    return local.weekday(), _slot(local.hour)


def _grid(timed: Timed, reference: Reference, watch: Stopwatch) -> tuple[tuple[Cell, ...], ...]:
    """Seven weekdays from Monday, each with the stretches of SLOTS; forms that came while their location was open."""
    zone = reference.clinic.zone
    spans: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for span, lead in timed:
        if place := in_hours(lead, watch, zone):
            spans[place].append(span)
    return tuple(
        tuple(_cell(spans[day, slot], opens=_opens(reference, day, slot)) for slot in range(len(SLOTS)))
        for day in range(7)
    )


def _slot(hour: int) -> int:
    return next(place for place, (_, end) in enumerate(SLOTS) if hour < end)


def _cell(spans: Sequence[float], *, opens: bool) -> Cell:
    return Cell(median(spans) if spans else None, len(spans), opens)


def _opens(reference: Reference, day: int, slot: int) -> bool:
    """Whether any location is open in these hours in a usual week."""
    start, end = SLOTS[slot]
    return any(
        opens.hour < end and (closes.hour + (closes.minute > 0) or 24) > start
        for place in reference.clinic.locations.values()
        for opens, closes in place.hours.windows.get(day, ())
    )


def _steps(timed: Timed, goal: float, watch: Stopwatch) -> tuple[Step, ...]:
    groups: tuple[list[Lead], list[Lead]] = ([], [])
    for span, lead in timed:
        groups[span > goal].append(lead)
    within, later = (_medians(group, watch) for group in groups)
    return tuple(Step(code, within[code], later[code]) for code in ("owner", "seen", "tried", "talked"))


def _medians(found: Iterable[Lead], watch: Stopwatch) -> dict[str, float | None]:
    """Median seconds of each step, over the leads that took it in this order."""
    spans: dict[str, list[float]] = {"owner": [], "seen": [], "tried": [], "talked": []}
    for lead in found:
        moments = {
            "owner": (lead.started, lead.assigned),
            "seen": (lead.assigned, lead.seen),
            "tried": (lead.seen, lead.tried),
            "talked": (lead.tried, lead.spoke),
        }
        for code, (start, end) in moments.items():
            if start is not None and end is not None and end >= start:
                spans[code].append(watch.seconds(lead.location, start, end))
    return {code: median(its) if its else None for code, its in spans.items()}


def _seen_late(lead: Lead, goal: float, watch: Stopwatch) -> bool:
    if lead.started is None:
        return False
    return lead.seen is None or not watch.within(lead.location, lead.started, lead.seen, goal)
