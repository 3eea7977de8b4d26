"""The one text to a patient whom nobody reached out to. It goes the way of every text: consent, hours, the cap."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.flows.escalation.levels import APOLOGY
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.patients.store import profiles as patients
from core.reference import Reference

USEFUL = timedelta(hours=4)


def plan(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> bool:
    """Plan it; False for a number that gets no texts, somebody in danger, or whom a person has reached by another
    request. Once a day for a patient, whatever requests they made: the key says so."""
    if not lead.phone or lead.call_only or conversation.is_urgent(session, [lead.id]):
        return False
    reached_at = patients.last_contact(session, lead.patient_id)
    if reached_at and reached_at >= lead.created_at:
        return False
    day = now.astimezone(reference.clinic.zone).date()
    messaging.plan(
        session,
        NewAction(
            key=f"{APOLOGY}:{lead.patient_id}:{day.isoformat()}",
            kind="text",
            due_at=now,
            purpose=Purpose.TRANSACTIONAL,
            lane=Lane.INSTANT,
            useful_until=now + USEFUL,
            lead_id=lead.id,
            patient_id=lead.patient_id,
            conditions=("not_attempted", "not_booked"),
            template=APOLOGY,
            phone=lead.phone,
        ),
        now,
    )
    return True
