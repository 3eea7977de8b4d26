"""What the thank-you page may promise (who calls, at which number, by when, from where), and what it leads back to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from core.patients.tables import patients
from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks
from core.staff.tables import staff


@dataclass(frozen=True)
class Promise:
    """`staff_name` is '' while nobody owns the lead; `location` is a slug. `within`: what the first call's target
    gives from `started_at` on, of opening hours, so that it is due at `due_at`.
    """

    first_name: str
    phone: str
    staff_name: str
    due_at: datetime
    location: str
    sent_at: datetime
    started_at: datetime
    within: timedelta


def read(session: Session, submission_id: str) -> Promise | None:
    """The promise made for a submission; None for one that made no lead."""
    row = session.execute(
        select(
            patients.c.first_name,
            leads.c.phone,
            staff.c.name,
            sla_clocks.c.due_at,
            leads.c.location,
            leads.c.created_at,
            sla_clocks.c.started_at,
            sla_clocks.c.target_seconds,
        )
        .join(patients, patients.c.id == leads.c.patient_id)
        .join(sla_clocks, sla_clocks.c.lead_id == leads.c.id)
        .outerjoin(staff, staff.c.id == leads.c.owner_id)
        .where(leads.c.submission_id == submission_id, sla_clocks.c.target == FIRST_CONTACT)
        .order_by(sla_clocks.c.round)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Promise(
        first_name=row.first_name,
        phone=row.phone or "",
        staff_name=row.name or "",
        due_at=row.due_at,
        location=row.location,
        sent_at=row.created_at,
        started_at=row.started_at,
        within=timedelta(seconds=row.target_seconds),
    )


def filled_in(session: Session, submission_id: str, since: datetime) -> bytes | None:
    """The document of a hosted form that came at `since` or later, as it was kept; None for any other."""
    f = form_submissions.c
    statement = (
        select(raw_payloads.c.body)
        .join(form_submissions, f.raw_payload_id == raw_payloads.c.id)
        .where(f.id == submission_id, f.connector == "hosted", f.received_at >= since)
    )
    return session.execute(statement).scalar_one_or_none()
