"""The audit trail for admins: who did or saw what, of which patient, when, from where; and who saw one patient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.audit.chain import BROKEN, JOB_RAN, LOOKED, LOOKED_AT_MANY
from core.audit.tables import audit_events
from core.domain.ids import number_of
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.staff.tables import staff

E, L, S = audit_events.c, leads.c, staff.c
MOST = 200
ALARMS = (LOOKED_AT_MANY, "guessing_slowed", "sign_in_locked", BROKEN)


@dataclass(frozen=True)
class Line:
    """One line. `staff` is a name, '' where nobody was signed in: then `actor` says who. `lead`: a number of the
    patient's newest lead. `alarming` ones are shown in red."""

    id: str
    at: datetime
    action: str
    staff: str
    actor: str
    subject: str
    lead: int | None
    reason: str
    origin: str
    detail: dict[str, Any]
    alarming: bool


@dataclass(frozen=True)
class Wanted:
    """What is asked for; '' leaves it open. `lead`: a reference such as A-1042. `kind`: looks, acts, jobs or alarms."""

    staff_id: str = ""
    lead: str = ""
    kind: str = ""
    since: datetime | None = None
    before: str = ""  # the id of the last line of the page before


@dataclass(frozen=True)
class Page:
    """`lines`, the newest first; `more`: there are earlier ones."""

    lines: tuple[Line, ...]
    more: bool


def read(session: Session, actor: Actor, wanted: Wanted) -> Page:
    """At most MOST lines. Raises Denied."""
    require(actor, Permission.SEE_AUDIT)
    newest = select(func.max(L.number)).where(L.patient_id == E.patient_id).scalar_subquery()
    columns = (E.id, E.at, E.action, S.name, E.actor, E.subject, newest, E.reason, E.origin, E.detail)
    statement = select(*columns).outerjoin(staff, S.id == E.staff_id).where(*_conditions(session, wanted))
    rows = session.execute(statement.order_by(E.at.desc(), E.id.desc()).limit(MOST + 1)).all()
    lines = tuple(
        Line(
            id_,
            at,
            action,
            name or "",
            who,
            subject,
            number,
            reason or "",
            origin or "",
            detail,
            action in ALARMS,
        )
        for id_, at, action, name, who, subject, number, reason, origin, detail in rows[:MOST]
    )
    return Page(lines, more=len(rows) > MOST)


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.staff_id:
        found.append(E.staff_id == wanted.staff_id)
    if wanted.lead:
        found.append(E.patient_id == (_patient(session, wanted.lead) or "-"))
    if wanted.kind:
        kinds = {
            "looks": E.action == LOOKED,
            "acts": E.action.not_in((LOOKED, JOB_RAN)),
            "jobs": E.action == JOB_RAN,
            "alarms": E.action.in_(ALARMS),
        }
        found.append(kinds[wanted.kind])
    if wanted.since:
        found.append(E.at >= wanted.since)
    if wanted.before:
        last = select(E.at).where(E.id == wanted.before).scalar_subquery()
        found.append(or_(E.at < last, (E.at == last) & (E.id < wanted.before)))
    return found


def _patient(session: Session, reference: str) -> str | None:
    number = number_of(reference)
    if number is None:
        return None
    return session.execute(select(L.patient_id).where(L.number == number)).scalar_one_or_none()


@dataclass(frozen=True)
class Person:
    """Somebody of whom the trail may tell."""

    id: str
    name: str


def people(session: Session, actor: Actor) -> list[Person]:
    """Everybody with an account, by name. Raises Denied."""
    require(actor, Permission.SEE_AUDIT)
    return [Person(*row) for row in session.execute(select(S.id, S.name).order_by(S.name))]


@dataclass(frozen=True)
class Viewer:
    """Somebody who saw a patient: how often (quarters of an hour), and when last."""

    name: str
    times: int
    last_at: datetime


def viewers(session: Session, actor: Actor, lead_id: str) -> list[Viewer]:
    """Who saw the patient of a lead, whoever looked last first. Raises Denied."""
    require(actor, Permission.SEE_VIEWERS)
    patient = select(L.patient_id).where(L.id == lead_id).scalar_subquery()
    rows = session.execute(
        select(S.name, func.count(), func.max(E.at).label("last"))
        .join(staff, S.id == E.staff_id)
        .where(E.patient_id == patient, E.action == LOOKED)
        .group_by(S.id, S.name)
        .order_by(func.max(E.at).desc())
        .limit(MOST)
    )
    return [Viewer(*row) for row in rows]
