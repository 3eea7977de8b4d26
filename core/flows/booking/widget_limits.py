"""How many visits strangers may book by themselves on the clinic's site. What is over is a request: staff call.

Whoever fills in the form may type in any number, so nobody who is kept from booking here is turned away. Not settings
of the clinic: who would need to book more often by themselves than this is somebody to speak with.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking.store_holds import WIDGET
from core.domain.addresses import sender_of, street_of
from core.intake import store_knocks
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients

# Of one person, or of all on one number: a talk and the treatment after it, or a couple's. Those that staff or a link
# booked do not count: the answer would tell whoever types in a number that its owner is a patient here.
AHEAD = 2
A_DAY = 3  # within 24 hours from one address, which a family shares, or a street of one carrier's phones


def over(session: Session, lead: LeadBrief, ip: str, now: datetime) -> str:
    """Why no further visit is booked (ahead, address), '' where one may be."""
    if _ahead(session, lead, now) >= AHEAD:
        return "ahead"
    sender = _sender(ip)
    return "address" if sender and store_knocks.booked_from(session, sender, now) >= A_DAY else ""


def note(session: Session, ip: str, now: datetime) -> None:
    """A visit was booked from there."""
    if sender := _sender(ip):
        store_knocks.note_booked(session, sender, now)


def _ahead(session: Session, lead: LeadBrief, now: datetime) -> int:
    """Visits to come that were booked here, of the person and of all whose number was typed in."""
    people = {lead.patient_id, *(patients.on_number(session, lead.phone) if lead.phone else ())}
    booked = [visit for visit in visits.ahead_of(session, people) if visit.came_by == WIDGET]
    return sum(visit.starts_at is not None and visit.starts_at > now for visit in booked)


def _sender(ip: str) -> str:
    """'' for an address that tells nothing: none, or this machine's own, from which everybody would come."""
    return sender_of(ip) if street_of(ip) else ""
