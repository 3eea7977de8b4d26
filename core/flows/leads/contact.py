"""A person reached out to a patient: clocks end, and automation steps aside.

Only people make contact; automated texts never stop a clock (DESIGN, Words).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.flows.conversation import danger
from core.leads import store as leads
from core.leads import store_work
from core.messaging.store import by_hand
from core.messaging.store import planning as messaging
from core.patients.store import profiles as patients
from core.sequences import store as sequences
from core.sla import store as sla


def made(
    session: Session, lead: leads.LeadBrief, *, staff_id: str | None, channel: str, now: datetime
) -> list[sla.Ended]:
    """Record a contact by `channel` (call, text, in_person); the clocks that it ended."""
    patients.touch(session, lead.patient_id, now, last_contact_at=now)  # first: see settling.after_sent
    ended = sla.end_by_contact(session, lead.id, by=staff_id, now=now)
    danger.reached(session, lead.id, by=staff_id, now=now)
    if leads.first_time(session, lead.id, "contacted_at", now):
        patients.raise_status(session, lead.patient_id, "contacted", now)
        analytics.record(
            session,
            "contacted",
            patient_id=lead.patient_id,
            lead_id=lead.id,
            now=now,
            detail={"channel": channel},
        )
    stop_sequence(session, lead.id, "contacted", by=staff_id, now=now)
    leads.finish_tasks(session, lead.id, by=staff_id, now=now)
    return ended


def answered(session: Session, lead_id: str, now: datetime) -> None:
    """Whoever answers a patient has read what they wrote, whoever owns the lead."""
    if store_work.read_texts(session, lead_id):
        by_hand.read_texts(session, lead_id, now)


def stop_sequence(
    session: Session, lead_id: str, reason: str, *, by: str | None, now: datetime, by_kind: str = "staff"
) -> int:
    """Stop a lead's sequence for good, in the transaction of its cause; how many steps were cancelled.

    `reason`: contacted, replied, booked, opted_out, disqualified, replaced.
    """
    cancelled = messaging.cancel_sequence(session, lead_id, reason, by=by, now=now)
    stopped = sequences.stop(session, lead_id, reason, now)
    if cancelled or stopped:
        leads.note_event(
            session,
            lead_id,
            "sequence_stopped",
            by_kind,
            now=now,
            staff_id=by,
            data={"reason": reason, "cancelled": cancelled},
        )
    return cancelled
