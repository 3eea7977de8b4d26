"""A person's own link to the booking page: made for a text, opened in a browser, proved in another one.

Whoever has only the address learns nothing of the person: a link that was opened before shows itself in the browser
that opened it, and asks any other one for the last four digits of the phone. A GET changes nothing here: previews and
scanners are no openings.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import store_links as store
from core.booking.store_links import Link
from core.domain.ids import hashed
from core.flows.booking import changing
from core.flows.sequences import entering
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference

PATH = "/b/"
MOST_WRONG_DIGITS = 5


class Door(StrEnum):
    """What a browser may see of a link."""

    UNKNOWN = "unknown"
    RUN_OUT = "run_out"
    LOCKED = "locked"  # too many wrong digits
    ASK = "ask"  # the last four digits
    OPEN = "open"


@dataclass(frozen=True)
class Look:
    """A link as one browser may see it. `lead` only where the door is open."""

    door: Door
    link: Link | None = None
    lead: LeadBrief | None = None


def make(
    session: Session,
    reference: Reference,
    lead_id: str,
    about: str,
    *,
    visit_id: str | None = None,
    service: str = "",
    now: datetime,
) -> str:
    """The code of a link, as long as the clinic's rules say. `about`: what it is made for; the same gives the same."""
    until = now + reference.bookable.rules.link
    return store.make(session, lead_id, about, visit_id=visit_id, service=service, expires_at=until, now=now)


def new_browser() -> str:
    """What a browser is known by: the value of its cookie."""
    return secrets.token_urlsafe(24)


def look(session: Session, code: str, browser: str, now: datetime) -> Look:
    """What this browser may see. `browser` '' for one that we don't know."""
    link = store.find(session, code)
    if link is None:
        return Look(Door.UNKNOWN)
    if link.expires_at <= now:
        return Look(Door.RUN_OUT, link)
    if link.browser_hash not in (None, hashed(browser)):
        return Look(Door.LOCKED if link.wrong_digits >= MOST_WRONG_DIGITS else Door.ASK, link)
    return Look(Door.OPEN, link, leads.get(session, link.lead_id))


def opened(session: Session, code: str, browser: str, now: datetime) -> Look:
    """A person looks at it in this browser: theirs from now on, where it is the first. A click that counts."""
    found = look(session, code, browser, now)
    if found.door is Door.OPEN and found.link and found.lead:
        if found.link.opened_at is None:
            patients.touch(session, found.lead.patient_id, now)  # first: see settling.after_sent
        if store.opened(session, found.link.id, hashed(browser), now):
            _count(session, found.link, found.lead, now)
        return look(session, code, browser, now)  # another browser may have been first
    return found


def _count(session: Session, link: Link, lead: LeadBrief, now: datetime) -> None:
    """A click; who has nothing booked is followed up, should nothing come of it."""
    leads.note_event(session, lead.id, "link_opened", "patient", now=now)
    analytics.record(session, "link_opened", patient_id=lead.patient_id, lead_id=lead.id, now=now)
    patients.warm(session, lead.patient_id, now)
    if link.visit_id is None and changing.ahead(session, lead.id) is None:
        entering.form_opened(session, lead, link.id, now=now)


def prove(session: Session, code: str, browser: str, digits: str, now: datetime) -> Look:
    """Another browser says the last four digits of the phone: where they are right, the link is that one's."""
    found = look(session, code, browser, now)
    if found.door is not Door.ASK or found.link is None:
        return found
    tries = store.count_try(session, found.link.id, MOST_WRONG_DIGITS)
    if tries is None:
        return Look(Door.LOCKED, found.link)
    phone = leads.get(session, found.link.lead_id).phone or ""
    if len(digits) == 4 and digits.isdecimal() and phone.endswith(digits):
        store.shown_in(session, found.link.id, hashed(browser))
        return look(session, code, browser, now)
    return Look(Door.ASK if tries < MOST_WRONG_DIGITS else Door.LOCKED, found.link)
