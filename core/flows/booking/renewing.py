"""A link ran out, and whoever has it asks for a new one: a text to the same number, decided on as every text.

Who asks may be anybody who has the old link, so nothing is shown, the text waits for allowed hours, and it goes at most
once in ten minutes and three times a day.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.booking import store_links as store
from core.booking.store_links import Link
from core.domain.errors import NotFound
from core.domain.roles import PATIENT
from core.flows.booking.links import MOST_WRONG_DIGITS
from core.flows.booking.noting import tell
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.patients.store import profiles as patients

TEMPLATE = "booking_link"
ASKED = "link_asked"
APART, A_DAY, MOST_A_DAY = timedelta(minutes=10), timedelta(days=1), 3
USEFUL = timedelta(hours=12)


def ask(session: Session, code: str, *, now: datetime) -> bool:
    """Plan the text; False where one was asked for too often. Raises NotFound for a link that never was."""
    link = store.find(session, code)
    if link is None:
        raise NotFound("This link is not whole.")
    if link.expires_at > now and link.wrong_digits < MOST_WRONG_DIGITS:
        return False  # it opens still: whoever has it needs no other one
    lead = leads.get(session, link.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: two who ask at once are one after the other
    if _too_often(session, lead, now):
        return False
    if lead.phone and not lead.call_only:
        messaging.plan(session, _text(link, lead, now), now)
    tell(session, PATIENT, lead.id, ASKED, now, {})
    return True


def _too_often(session: Session, lead: LeadBrief, now: datetime) -> bool:
    just = leads.count_events(session, lead.patient_id, ASKED, now - APART)
    return bool(just) or leads.count_events(session, lead.patient_id, ASKED, now - A_DAY) >= MOST_A_DAY


def _text(link: Link, lead: LeadBrief, now: datetime) -> NewAction:
    """The link in it is made as it leaves: a code that opens a page is kept nowhere."""
    return NewAction(
        key=f"{TEMPLATE}:{link.id}:{now.isoformat()}",
        kind="text",
        due_at=now,
        purpose=Purpose.TRANSACTIONAL,
        lane=Lane.INSTANT,
        useful_until=now + USEFUL,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        template=TEMPLATE,
        phone=lead.phone,
    )
