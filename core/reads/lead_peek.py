"""The panel beside the queue: a lead's last texts, those that wait, what was asked for, the next automatic one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.actions import Purpose, State
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients
from core.reads.parts.conversation import Picture, Waiting, pictures, waiting
from core.sequences.tables import enrollments
from core.sla.rules import RESPONSES
from core.sla.tables import sla_clocks
from core.staff.tables import staff

MOST_TEXTS = 4


@dataclass(frozen=True)
class PeekText:
    """One text of the conversation."""

    id: str
    origin: str
    body: str
    status: str
    error_code: int | None
    understood_as: str | None
    staff: str | None
    at: datetime
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Peek:
    """What the panel beside the list adds to a row.

    `waiting`: texts by hand that have not left. `next_text_at`: of the next automatic one.
    """

    lead_id: str
    budget: str
    best_time: str
    notes: str | None
    policy: str | None
    texts: tuple[PeekText, ...]
    waiting: tuple[Waiting, ...]
    next_text_at: datetime | None
    stopped_why: str | None


def read(session: Session, actor: Actor, lead_id: str) -> Peek:
    """Raises Denied, and NotFound for an unknown lead."""
    require(actor, Permission.SEE_LEADS)
    lead = session.execute(
        select(leads.c.budget, leads.c.notes, patients.c.preferred_time)
        .join(patients, patients.c.id == leads.c.patient_id)
        .where(leads.c.id == lead_id)
    ).one_or_none()
    if lead is None:
        raise NotFound("This lead does not exist. Go back to the lead queue.")
    clock = (
        select(sla_clocks.c.policy)
        .where(sla_clocks.c.lead_id == lead_id, sla_clocks.c.state.in_(("running", "paused")))
        .where(sla_clocks.c.target.in_(RESPONSES))
        .order_by(sla_clocks.c.due_at)
        .limit(1)
    )
    return Peek(
        lead_id=lead_id,
        budget=lead.budget,
        best_time=lead.preferred_time or "",
        notes=lead.notes,
        policy=session.execute(clock).scalar_one_or_none(),
        texts=_texts(session, lead_id),
        waiting=waiting(session, lead_id, _names(session)),
        next_text_at=_next_text(session, lead_id),
        stopped_why=_stopped(session, lead_id),
    )


def _texts(session: Session, lead_id: str) -> tuple[PeekText, ...]:
    m = sms_messages.c
    newest = session.execute(
        select(
            m.id, m.origin, m.message_body, m.status, m.error_code, m.understood_as, staff.c.name,
            func.coalesce(m.delivered_at, m.sent_at, m.created_at, type_=m.created_at.type),
        )
        .outerjoin(staff, staff.c.id == m.staff_id)
        .where(m.lead_id == lead_id, m.origin != "staff_alert")
        .order_by(m.created_at.desc())
        .limit(MOST_TEXTS)
    ).all()  # fmt: skip
    shown = pictures(session, [row.id for row in newest])
    return tuple(PeekText(*(*row, shown.get(row.id, ()))) for row in reversed(newest))


def _names(session: Session) -> dict[str, str]:
    return {row.id: row.name for row in session.execute(select(staff.c.id, staff.c.name))}


def _next_text(session: Session, lead_id: str) -> datetime | None:
    a = timed_actions.c
    statement = select(func.min(a.due_at)).where(
        a.lead_id == lead_id, a.kind == "text", a.audience == "patient", a.state == State.PLANNED.value,
        a.purpose != Purpose.MANUAL.value,
    )  # fmt: skip
    return session.execute(statement).scalar()


def _stopped(session: Session, lead_id: str) -> str | None:
    e = enrollments.c
    statement = select(e.stop_reason).where(e.lead_id == lead_id, e.state == "stopped")
    return session.execute(statement.order_by(e.stopped_at.desc()).limit(1)).scalar_one_or_none()
