"""The visits of one lead, newest first; the texts of each, and when it was moved from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.booking import rules
from core.booking.tables import appointments
from core.leads.tables import lead_events, leads
from core.messaging.actions import LEAVES
from core.messaging.tables import timed_actions
from core.sequences.tables import enrollments
from core.staff.tables import staff

A, L, U, V, N = appointments.c, leads.c, timed_actions.c, lead_events.c, enrollments.c
MOST_TEXTS = 60


@dataclass(frozen=True)
class VisitShown:
    """A visit. `starts_at` is None where only the booking was noted; `ended_by` marked what became of it.

    `code`: what patient and staff call it by. `made_by` None: the patient, by the way that `came_by` names. `done`: it
    was completed.
    """

    id: str
    starts_at: datetime | None
    location: str
    kind: str
    provider: str | None
    value_cents: int
    state: str
    reason: str | None
    ended_by: str | None
    service: str
    ends_at: datetime | None
    room: str
    device: str
    price_cents: int
    code: str | None
    came_by: str
    made_by: str | None
    created_at: datetime
    confirmed_at: datetime | None
    arrived_at: datetime | None
    in_room_at: datetime | None
    provider_id: str | None
    done: bool = False


def visits(session: Session, lead_id: str) -> tuple[VisitShown, ...]:
    """Newest first; those marked by mistake left out."""
    provider, ender, maker = aliased(staff), aliased(staff), aliased(staff)
    columns: list[Any] = [
        A.id, A.starts_at, A.location, A.kind, provider.c.name, A.value_cents, A.state, A.reason, ender.c.name,
        A.service, A.ends_at, A.room, A.device, A.price_cents, A.reference, A.came_by, maker.c.name, A.created_at,
        A.confirmed_at, A.arrived_at, A.in_room_at, A.provider_id,
        A.ended_at, L.treated_at,
    ]  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(leads, L.id == A.lead_id)
        .outerjoin(provider, provider.c.id == A.provider_id)
        .outerjoin(ender, ender.c.id == A.ended_by)
        .outerjoin(maker, maker.c.id == A.made_by)
        .where(A.lead_id == lead_id, A.state != "withdrawn")
        .order_by(A.created_at.desc(), A.id.desc())
    )
    return tuple(_shown(*row) for row in rows)


def _shown(*row: Any) -> VisitShown:
    *known, ended_at, treated_at = row
    one = VisitShown(*known)
    done = rules.is_completed(one.state, one.starts_at, one.arrived_at, ended_at, treated_at)
    return replace(one, done=done)


@dataclass(frozen=True)
class VisitText:
    """A text or an email that goes out for a visit, or did or did not. `at`: when it went, stopped, or is due."""

    action_id: str
    kind: str
    state: str
    template: str | None
    purpose: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class VisitMove:
    """When, by whom and why a visit was moved; what became of its texts. `by` None: not staff; `by_kind` says who."""

    at: datetime
    by_kind: str
    by: str | None
    data: Mapping[str, Any]
    why: str | None


@dataclass(frozen=True)
class VisitStory:
    """What went out for one visit, and its moves, each oldest first."""

    visit_id: str
    texts: tuple[VisitText, ...]
    moves: tuple[VisitMove, ...]


def story(session: Session, lead_id: str, visit: VisitShown) -> VisitStory:
    """The story of one of a lead's visits."""
    return VisitStory(visit.id, _texts(session, visit.id), _moves(session, lead_id, visit))


def _texts(session: Session, visit_id: str) -> tuple[VisitText, ...]:
    """By the enrollments that are there because of it."""
    theirs = select(N.id).where(N.visit_id == visit_id)
    rows = session.execute(
        select(U.id, U.kind, U.state, U.template, U.purpose, U.reason, U.settled_at, U.due_at)
        .where(U.enrollment_id.in_(theirs), U.kind.in_(LEAVES), U.audience == "patient")
        .limit(MOST_TEXTS)
    )
    found = [VisitText(*row[:6], row.settled_at or row.due_at) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.at, one.action_id)))


def _moves(session: Session, lead_id: str, visit: VisitShown) -> tuple[VisitMove, ...]:
    """A lead has one visit ahead at a time: what was moved since this one was booked, and is no other's, is it."""
    rows = session.execute(
        select(V.at, V.by_kind, staff.c.name, V.data, V.note)
        .outerjoin(staff, staff.c.id == V.staff_id)
        .where(V.lead_id == lead_id, V.kind == "visit_moved", V.at >= visit.created_at)
        .order_by(V.at, V.id)
    )
    return tuple(VisitMove(*row) for row in rows if row.data.get("visit", visit.id) == visit.id)
