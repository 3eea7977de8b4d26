"""Somebody follows a short link of a text. Where it leads is read; that a person did is written afterwards, and once it
is told: in the timeline, in the figures, in the patient's score."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.app import App
from core.domain.clock import machine_span
from core.leads.store import leads
from core.links import rules, store
from core.links.store import Link
from core.messaging.store import handed_over
from core.patients.store import profiles as patients


class Way(StrEnum):
    """What becomes of who follows a link."""

    UNKNOWN = "unknown"
    RUN_OUT = "run_out"
    LEADS_ON = "leads_on"


@dataclass(frozen=True)
class Followed:
    """`target` only where it leads on."""

    way: Way
    target: str = ""


def follow(app: App, code: str, *, now: datetime) -> Followed:
    """Where it leads. Writes nothing."""
    with app.db.read() as session:
        link = store.find(session, code)
    if link is None:
        return Followed(Way.UNKNOWN)
    return Followed(Way.RUN_OUT) if link.expires_at <= now else Followed(Way.LEADS_ON, link.target)


def clicked(app: App, code: str, *, now: datetime) -> bool:
    """A person's browser followed it; whether that counts. What comes at once after the text's hand-over does not."""
    with app.db.write() as session:
        link = store.find(session, code)
        if link is None or link.expires_at <= now:
            return False
        handed_over_at = handed_over.last_handed_over(session, link.action_id)
        if rules.at_once(handed_over_at, now, machine_span(app.clock, rules.AT_ONCE_SECONDS)):
            return False
        _count(session, link, now)
    return True


def _count(session: Session, link: Link, now: datetime) -> None:
    lead = leads.find(session, link.lead_id) if link.lead_id else None
    if lead:
        patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    if not store.count(session, link.id, now) or lead is None:
        return
    leads.note_event(session, lead.id, "link_clicked", "patient", now=now, data={"what": link.what})
    detail = {"what": link.what}
    analytics.record(
        session, "link_clicked", patient_id=lead.patient_id, lead_id=lead.id, now=now, detail=detail
    )
    patients.warm(session, lead.patient_id, now)
