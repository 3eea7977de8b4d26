"""Emails of the last days: those who booked were written what to expect, and one address takes nothing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.app import App
from core.clinic import Clinic
from core.domain.ids import new_id
from core.domain.phone import show_phone
from core.flows.sending import email_reports
from core.leads.tables import leads
from core.messaging.actions import EMAIL, NewAction, Purpose, State
from core.messaging.library import Wording
from core.messaging.store import emails, planning
from core.messaging.store.emails import OutEmail
from core.messaging.tables import attempts, timed_actions
from core.patients.tables import patients
from core.shipped import shipped_catalogue

TEMPLATE = "email_what_to_expect"
MOST, CAME_BACK = 12, 2  # how many, and which of them, the newest first, came back
SINCE, AFTER = timedelta(days=6), timedelta(minutes=5)
NO_SUCH_ADDRESS, STATUS = 550, "5.1.1"
L, P, A = leads.c, patients.c, timed_actions.c


def add_emails(app: App, now: datetime) -> None:
    """To those who booked in the last days and gave an address."""
    with app.db.write() as session:
        for place, lead in enumerate(_booked(session, now)):
            _send(session, app.reference.clinic, lead, bounces=place == CAME_BACK)


def _booked(session: Session, now: datetime) -> list[Any]:
    mine = (
        select(L.id, L.patient_id, L.booked_at, P.first_name, P.email, P.email_index)
        .join(patients, P.id == L.patient_id)
        .where(L.booked_at >= now - SINCE, L.booked_at < now - 2 * AFTER, P.email_index.is_not(None))
    )
    return list(session.execute(mine.order_by(L.booked_at.desc(), L.id).limit(MOST)))


def _send(session: Session, clinic: Clinic, lead: Any, *, bounces: bool) -> None:
    at = lead.booked_at + AFTER
    action = NewAction(
        key=f"demo:email:{lead.id}",
        kind=EMAIL,
        due_at=at,
        purpose=Purpose.TRANSACTIONAL,
        template=TEMPLATE,
        lead_id=lead.id,
        patient_id=lead.patient_id,
    )
    action_id = planning.plan(session, action, at)
    emails.hand_over(session, _worded(action_id, clinic, lead), at)
    _settle(session, action_id, at, bounces=bounces)
    if bounces:
        planning.record_moves(session, [(action_id, State.FAILED, "email_bounced", {"attempt": 1})], now=at)
        email_reports.bounced(session, action_id, NO_SUCH_ADDRESS, STATUS, at)
    else:
        emails.sent(session, action_id, at)
        email_reports.tell(session, action_id, "email_sent", at)


def _worded(action_id: str, clinic: Clinic, lead: Any) -> OutEmail:
    wording = shipped_catalogue()[TEMPLATE].safe["en"]
    return OutEmail(
        action_id=action_id,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        purpose=Purpose.TRANSACTIONAL,
        template=TEMPLATE,
        template_version=wording.template.version,
        language="en",
        neutral=wording.neutral,
        subject=_subject(wording, clinic),
        body=wording.template.render(_values(clinic, lead.first_name)),
        address=lead.email or "",
        email_index=lead.email_index,
    )


def _subject(wording: Wording, clinic: Clinic) -> str:
    return wording.subject.render(_values(clinic, "")) if wording.subject else ""


def _values(clinic: Clinic, first_name: str) -> dict[str, str]:
    return {
        "firstName": first_name,
        "clinicName": clinic.name,
        "clinicPhone": show_phone(clinic.phone),
        "clinicAddress": clinic.location(clinic.default_location).address,
    }


def _settle(session: Session, action_id: str, at: datetime, *, bounces: bool) -> None:
    """As the hand-over would have written it."""
    state, reason = (State.FAILED, "email_bounced") if bounces else (State.SENT, "accepted")
    values = {"state": state.value, "reason": reason, "attempts": 1, "settled_at": at}
    session.execute(update(timed_actions).where(A.id == action_id).values(**values))
    session.execute(
        insert(attempts).values(
            id=new_id(at),
            action_id=action_id,
            number=1,
            started_at=at,
            finished_at=at,
            outcome="refused" if bounces else "accepted",
            error_code=NO_SUCH_ADDRESS if bounces else None,
        )
    )
