"""What speaks for and against another time of a visit, and which of its texts move with it. Nothing is moved here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import free_times, plans
from core.booking import store as visits
from core.booking import store_reservations as reservations
from core.booking.availability import kept_for
from core.booking.catalogue import Service
from core.booking.store import Visit
from core.booking.store_reservations import Taken
from core.domain.hours import Span
from core.domain.roles import Actor, Permission, require
from core.free_times import Times, Wish
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from core.reference import Reference
from core.sequences import store as sequences
from core.sequences.rules.definition import Anchor
from core.sequences.store import ACTIVE

T = timed_actions.c
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `code`: provider, room, device, clean_up, shift, open, able. `state`: ok, warning
    (staff may go past it), against (the database would refuse)."""

    code: str
    state: str


@dataclass(frozen=True)
class Goes:
    """A text that goes out for the visit: when it is due now, and when after the move; None where it would not go."""

    template: str
    due_at: datetime
    then: datetime | None


@dataclass(frozen=True)
class Move:
    """`checks` is empty for a visit that was noted without a service: nothing is kept for it."""

    visit: Visit
    ends_at: datetime | None
    checks: Sequence[Check]
    goes: Sequence[Goes]


def look(
    session: Session,
    actor: Actor,
    reference: Reference,
    visit_id: str,
    to: datetime,
    provider_id: str,
    *,
    now: datetime,
) -> Move:
    """Raises Denied and NotFound."""
    require(actor, Permission.SEE_CALENDAR)
    visit = visits.get(session, visit_id)
    goes = _goes(session, visit, to, now)
    service = reference.bookable.services.get(visit.service)
    if service is None or not provider_id:
        return Move(visit, None, (), goes)
    times = free_times.read(session, reference, to - A_DAY, to + A_DAY, now)
    others = [
        one for one in reservations.between(session, to - A_DAY, to + A_DAY, now) if one.owner_id != visit_id
    ]
    checks = _checks(times, others, service, visit, to, provider_id)
    return Move(visit, to + timedelta(minutes=service.minutes_with(provider_id)), checks, goes)


def _checks(
    times: Times, others: Sequence[Taken], service: Service, visit: Visit, to: datetime, provider_id: str
) -> list[Check]:
    length = times.length(service, provider_id)
    span, kept = (to, to + timedelta(minutes=length.visit)), kept_for(to, length)
    resource = f"staff:{provider_id}"
    hours = times.search(Wish(service, visit.location)).hours
    able = {one.id for one in times.able(Wish(service, visit.location))}
    pools = times.pools(service, visit.location)
    found = [Check("provider", _hard(not _taken(others, resource, span)))]
    found += [Check(_kind(pool), _hard(any(not _taken(others, one, span) for one in pool))) for pool in pools]
    whole = [[resource], *pools]
    clean = all(any(not _taken(others, one, kept) for one in pool) for pool in whole)
    return [
        *found,
        Check("clean_up", _hard(clean)),
        Check("shift", _soft(_within(times.shifts.get(provider_id, ()), span))),
        Check("open", _soft(_within(hours, span))),
        Check("able", _soft(provider_id in able)),
    ]


def _kind(pool: Sequence[str]) -> str:
    return pool[0].partition(":")[0] if pool else "room"


def _hard(holds: bool) -> str:
    return "ok" if holds else "against"


def _soft(holds: bool) -> str:
    return "ok" if holds else "warning"


def _taken(others: Sequence[Taken], resource: str, span: Span) -> bool:
    return any(
        one.resource == resource and one.starts_at < span[1] and one.ends_at > span[0] for one in others
    )


def _within(spans: Sequence[Span], span: Span) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _goes(session: Session, visit: Visit, to: datetime, now: datetime) -> list[Goes]:
    """Planned texts of the visit's sequences that count from its time, in order."""
    found: list[Goes] = []
    for enrollment in sequences.of_visit(session, visit.id):
        plan = plans.pinned(session, enrollment.sequence, enrollment.version)
        if enrollment.state != ACTIVE or plan is None:
            continue
        offsets = {one.name: one.offset for one in plan.planned() if one.anchor is Anchor.VISIT}
        for step, template, due_at in _planned(session, enrollment.lead_id, enrollment.id):
            if step in offsets:
                then = to + offsets[step]
                found.append(Goes(template or "", due_at, then if then >= now else None))
    return sorted(found, key=lambda one: one.due_at)


def _planned(session: Session, lead_id: str, enrollment_id: str) -> list[tuple[str, str, datetime]]:
    statement = select(T.step, T.template, T.due_at).where(
        T.lead_id == lead_id,
        T.enrollment_id == enrollment_id,
        T.state == State.PLANNED.value,
        T.kind == "text",
    )
    return [(row.step, row.template, row.due_at) for row in session.execute(statement)]
