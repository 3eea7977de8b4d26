"""Escalation: how long the leads of the last month waited, how many are under way, and who could be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.alerting.replaying import Waited
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.leads.reasons import TAKEN_UP
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from core.reference import Reference
from core.sla.open_table import OpenTable
from core.staff.store import people

A, E, L = timed_actions.c, lead_events.c, leads.c
LOOK_BACK = timedelta(days=30)
MOST = 2000  # leads of a replay, the newest ones


def under_way(session: Session, actor: Actor) -> int:
    """Leads that have levels to come, which do what the levels in use say then. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    planned = (is_word(A.kind, "escalation"), is_word(A.state, "planned"))
    return int(session.execute(select(func.count(A.lead_id.distinct())).where(*planned)).scalar_one())


@dataclass(frozen=True)
class Named:
    """A colleague who can be told, by role and title."""

    name: str
    role: str
    title: str


def tellable(session: Session, actor: Actor) -> list[Named]:
    """Everybody who works here and can be told, by name. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    found = [Named(one.name, one.role, one.title) for one in people.colleagues(session) if one.can_be_told]
    return sorted(found, key=lambda one: one.name)


def past(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[Waited]:
    """The leads of the last 30 days: how long each waited for a person, in seconds of opening time. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    since = now - LOOK_BACK
    rows = session.execute(
        select(
            L.id, L.location, L.priority, L.created_at, L.attempted_at, L.contacted_at, L.booked_at, L.state,
            L.last_event_at, L.snoozed_until,
        )
        .where(L.created_at >= since)
        .order_by(L.created_at.desc(), L.id.desc())
        .limit(MOST)
    ).all()  # fmt: skip
    acknowledged, tables = _acknowledged(session, since), _tables(reference, since, now)
    usual = tables[reference.clinic.default_location]
    found = []
    for row in rows:
        table, came = tables.get(row.location, usual), row.created_at.timestamp()
        until = min(filter(None, (*_ends(row), now))).timestamp()
        at = acknowledged.get(row.id)
        heard = table.opened(came, max(came, at.timestamp())) if at else None
        found.append(Waited(row.priority, table.opened(came, max(came, until)), heard))
    return found


def _ends(row: Any) -> tuple[datetime | None, ...]:
    """What ended the levels of a lead, as far as it is kept: its last event tells when one was closed or put aside."""
    over = row.state != "open" or row.snoozed_until is not None
    reached = (row.attempted_at, row.contacted_at, row.booked_at)
    return (*reached, row.last_event_at if over and not any(reached) else None)


def _acknowledged(session: Session, since: datetime) -> Mapping[str, datetime]:
    """When each lead was first taken up."""
    theirs = select(E.lead_id, func.min(E.at)).join(leads, L.id == E.lead_id)
    rows = session.execute(theirs.where(L.created_at >= since, E.kind.in_(TAKEN_UP)).group_by(E.lead_id))
    return {row[0]: row[1] for row in rows}


def _tables(reference: Reference, since: datetime, now: datetime) -> dict[str, OpenTable]:
    locations = reference.clinic.locations
    return {slug: OpenTable(place.hours, since, now) for slug, place in locations.items()}
