"""Assignment rules: who may be given leads, who is off the rotation, and the leads of the last month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.assignment.rules.people import Wanted, is_referral, wall
from core.assignment.rules.replaying import Past
from core.assignment.tables import assignment_turns, assignments
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.patients.tables import patients
from core.reference import Reference
from core.staff.tables import staff

A, L, P, S = assignments.c, leads.c, patients.c, staff.c
LOOK_BACK = timedelta(days=30)
MOST = 2000  # leads of a replay, the newest ones


@dataclass(frozen=True)
class Taker:
    """Somebody who takes leads. `off_since`: off the rotation since then."""

    id: str
    name: str
    title: str
    location: str
    skills: tuple[str, ...]
    off_since: datetime | None


def people(session: Session, actor: Actor) -> list[Taker]:
    """Everybody who takes leads, by name. Raises Denied."""
    require(actor, Permission.SEE_RULES)
    t = assignment_turns.c
    rows = session.execute(
        select(S.id, S.name, S.title, S.location, S.skills, t.off_since)
        .outerjoin(assignment_turns, t.staff_id == S.id)
        .where(S.active, S.accepts_leads)
        .order_by(S.name, S.id)
    )
    return [
        Taker(row.id, row.name, row.title, row.location, tuple(row.skills), row.off_since) for row in rows
    ]


def off_since(session: Session, actor: Actor) -> datetime | None:
    """Since when the actor gets no leads by the rules; None while they do. Raises Denied."""
    require(actor, Permission.KEEP_ACCOUNT)
    t = assignment_turns.c
    return session.execute(select(t.off_since).where(t.staff_id == actor.staff_id)).scalar_one_or_none()


def past(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[Past]:
    """The leads of the last 30 days as they came, oldest first; ZIP codes are not read. Raises Denied."""
    require(actor, Permission.SEE_RULES)
    since = now - LOOK_BACK
    newest = (
        select(
            L.id, L.created_at, L.treatment, L.value_cents, L.form_type, L.location, L.priority, L.source, L.state,
            L.last_event_at, L.booked_at, P.vip, P.language,
        )
        .join(patients, P.id == L.patient_id)
        .where(L.created_at >= since)
        .order_by(L.created_at.desc(), L.id.desc())
        .limit(MOST)
    )  # fmt: skip
    rows, firsts = list(session.execute(newest)), _first_owners(session, since)
    found = [
        Past(
            row.id,
            row.created_at,
            _wanted(row, reference),
            firsts.get(row.id),
            None if row.state == "open" else (row.booked_at or row.last_event_at),
        )
        for row in rows
    ]
    return found[::-1]


def _first_owners(session: Session, since: datetime) -> dict[str, str]:
    """Who was the first to have each lead."""
    given = select(A.lead_id, func.min(A.at).label("at")).where(A.at >= since, A.staff_id.is_not(None))
    first = given.group_by(A.lead_id).subquery()
    rows = session.execute(
        select(A.lead_id, A.staff_id).join(first, (first.c.lead_id == A.lead_id) & (first.c.at == A.at))
    )
    return {row.lead_id: row.staff_id for row in rows if row.staff_id}


def _wanted(row: Any, reference: Reference) -> Wanted:
    one = row._asdict()
    treatment = reference.treatments.get(one["treatment"])
    zone = reference.clinic.location(one["location"]).hours.zone
    return Wanted(
        group=treatment.group if treatment else "",
        location=one["location"],
        value_cents=treatment.value_cents if treatment else 0,
        vip=one["vip"],
        form_type=one["form_type"],
        treatment=one["treatment"],
        priority=one["priority"],
        language=one["language"],
        source=one["source"],
        referral=is_referral("", one["source"]),
        at=wall(one["created_at"].astimezone(zone)),
    )
