"""Leads at any stage, put straight into the tables: reads are tested apart from the flows that fill them."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.db.types import blind
from core.domain.ids import new_id
from core.leads.tables import leads
from core.patients.tables import patients
from core.sla.tables import sla_clocks
from core.staff.tables import staff
from tests.factories import put


def add_patient(
    session: Session, now: datetime, number: int = 0, first: str = "Omar", last: str = "Reyes"
) -> str:
    """A made-up person with a number of their own; their id."""
    patient_id = new_id(now)
    phone = f"+1407555{100 + number:04d}"
    put(
        session,
        patients,
        id=patient_id,
        created_at=now,
        updated_at=now,
        first_name=first,
        last_name=last,
        phone=phone,
        phone_index=blind(session, "phone", phone),
        zone="America/New_York",
        location="downtown",
        status="new",
        source="website",
        acquired_at=now,
    )
    return patient_id


def add_lead(session: Session, patient_id: str, created_at: datetime, **values: Any) -> str:
    """A lead of that patient; `values` are columns, among them the times of the stages it reached. Its id."""
    lead_id = new_id(created_at)
    usual: dict[str, Any] = {
        "state": "open",
        "form_type": "lead_capture",
        "treatment": "botox",
        "temperature": "warm",
        "priority": 3,
        "location": "downtown",
        "source": "website",
        "last_event_at": created_at,
        "last_event_kind": "submitted",
        "last_event_by": "patient",
    }
    put(
        session,
        leads,
        id=lead_id,
        patient_id=patient_id,
        created_at=created_at,
        updated_at=created_at,
        **(usual | values),
    )
    return lead_id


def add_clock(session: Session, lead_id: str, started_at: datetime, due_at: datetime, **values: Any) -> str:
    """A clock of that lead; a first contact in 10 minutes that runs, unless `values` say otherwise. Its id."""
    clock_id = new_id(started_at)
    usual: dict[str, Any] = {
        "target": "first_contact",
        "policy": "Lead capture",
        "target_seconds": 600,
        "state": "running",
    }
    session.execute(
        insert(sla_clocks).values(
            id=clock_id, lead_id=lead_id, started_at=started_at, due_at=due_at, **(usual | values)
        )
    )
    return clock_id


def staff_id(session: Session, username: str) -> str:
    return str(session.execute(select(staff.c.id).where(staff.c.username == username)).scalar_one())
