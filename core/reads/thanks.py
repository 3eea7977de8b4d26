"""What the thank-you page may promise: who calls, at which number, by when, from where."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.leads.tables import leads
from core.patients.tables import patients
from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks
from core.staff.tables import staff


@dataclass(frozen=True)
class Promise:
    """`staff_name` is '' while nobody owns the lead; `location` is a slug."""

    first_name: str
    phone: str
    staff_name: str
    due_at: datetime
    location: str
    sent_at: datetime


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
    return Promise(row[0], row[1] or "", row[2] or "", row[3], row[4], row[5])
