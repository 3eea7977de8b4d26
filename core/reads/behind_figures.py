"""The leads behind a figure of Speed or of the Leaderboard, for those who may see leads.

A figure is named as its page names it: `band:2` and `bar:17` count from 0, `cell:0:3` is Monday's fourth stretch of
hours, `never`; `person:<id>`, `cause:<code>`, `fast:1`. One that nobody knows has no leads.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.reads.leaderboard import goal_seconds
from core.reads.parts.breach_causes import breach_causes
from core.reads.parts.first_contacts import Contact, Stopwatch, contacts, whose
from core.reads.parts.lead_lines import LeadLine, lines
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope, in_scope
from core.reads.parts.speed_figures import FOUR_BANDS, SIX_BANDS, ends_of, stretch_of
from core.reads.speed import Lead, in_hours, leads_of, timed_of
from core.reference import Reference

MOST = 100


@dataclass(frozen=True)
class Behind:
    """So `many` leads, of whom at most MOST are listed: the slowest first, those never reached before them."""

    many: int
    lines: tuple[LeadLine, ...]


def of_speed(
    session: Session,
    actor: Actor,
    reference: Reference,
    period: Period,
    scope: Scope,
    wall: bool,
    figure: str,
) -> Behind:
    """Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    require(actor, Permission.SEE_LEADS)
    watch = Stopwatch(reference, period, wall=wall)
    found = leads_of(session, period, scope)
    if figure == "never":
        return _behind(session, {one.id: None for one in found if not one.contacted})
    fits = _of_speed(figure, reference, watch)
    return _behind(session, {one.id: span for span, one in timed_of(found, watch) if fits(span, one)})


def _of_speed(figure: str, reference: Reference, watch: Stopwatch) -> Callable[[float, Lead], bool]:
    kind, _, place = figure.partition(":")
    if kind == "band" and place.isdecimal():
        return lambda span, _lead: SIX_BANDS.of(span) == int(place)
    if kind == "bar" and place.isdecimal():
        ends = ends_of(goal_seconds(reference))
        return lambda span, _lead: stretch_of(span, ends) == int(place)
    day, _, slot = place.partition(":")
    if kind == "cell" and day.isdecimal() and slot.isdecimal():
        cell, zone = (int(day), int(slot)), reference.clinic.zone
        return lambda _span, lead: in_hours(lead, watch, zone) == cell
    return lambda _span, _lead: False


def of_leaderboard(
    session: Session,
    actor: Actor,
    reference: Reference,
    period: Period,
    scope: Scope,
    wall: bool,
    figure: str,
) -> Behind:
    """Raises Denied, also for what is about colleagues where the actor may not see their figures."""
    require(actor, Permission.SEE_LEADERBOARD)
    require(actor, Permission.SEE_LEADS)
    if figure != f"person:{actor.staff_id}":
        require(actor, Permission.SEE_COLLEAGUES_FIGURES)
    watch = Stopwatch(reference, period, wall=wall)
    breaches = {one.lead_id: one for one in breach_causes(session, in_scope(scope, period.start, period.end))}
    holders = {lead_id: one.staff_id for lead_id, one in breaches.items()}
    kind, _, which = figure.partition(":")

    def fits(one: Contact, span: float | None) -> bool:
        if kind == "person":
            return bool(which) and whose(one, holders) == which
        if kind == "cause":
            return one.lead_id in breaches and breaches[one.lead_id].cause == which
        return kind == "fast" and span is not None and str(FOUR_BANDS.of(span)) == which

    timed = [(one, _span(one, watch)) for one in contacts(session, period, scope)]
    return _behind(session, {one.lead_id: span for one, span in timed if fits(one, span)})


def _span(one: Contact, watch: Stopwatch) -> float | None:
    if one.started is None or one.tried is None:
        return None
    return watch.seconds(one.location, one.started, one.tried)


def _behind(session: Session, found: dict[str, float | None]) -> Behind:
    """`found`: seconds by lead, None for those never reached."""
    in_order = sorted(found, key=lambda id_: (-_or_never(found[id_]), id_))[:MOST]
    spans = {id_: span for id_, span in found.items() if span is not None}
    return Behind(len(found), lines(session, in_order, spans))


def _or_never(span: float | None) -> float:
    return float("inf") if span is None else span
