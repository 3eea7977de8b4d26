"""What a patient changed of their visit by themselves is said in a text: the new time, or that the visit is off.

Staff say it to the patient, or ask before (`asking_to_move`); a taken waitlist offer has an answer of its own. A text
that has not left when the visit changes once more is taken back.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import rules
from core.booking.store import Visit
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import invites, planning

MOVED, CALLED_OFF = "booking_moved", "booking_off"


def say(session: Session, lead: LeadBrief, visit: Visit, template: str, now: datetime) -> None:
    """`visit` as it is by now. Whether the text may go to this number is decided as it leaves."""
    if not lead.phone or lead.call_only or visit.starts_at is None:
        return
    planning.plan(
        session,
        NewAction(
            key=_key(visit.id, visit.sequence),
            kind="text",
            due_at=now,
            purpose=Purpose.TRANSACTIONAL,
            lane=Lane.INSTANT,
            useful_until=visit.starts_at,
            lead_id=lead.id,
            patient_id=lead.patient_id,
            template=template,
            variables=rules.as_it_is(visit.id, visit.sequence),
            phone=lead.phone,
        ),
        now,
    )


def take_back(session: Session, visit: Visit, now: datetime) -> None:
    """The visit changed to this: what was to be said of it before, and has not left, is true no more."""
    invites.take_back(session, [_key(visit.id, number) for number in range(visit.sequence + 1)], now)


def _key(visit_id: str, sequence: int) -> str:
    return f"own-change:{visit_id}:{sequence}"
