"""What follows once a text was handed over, or was refused for good."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.flows import contact
from core.leads import store as leads
from core.messaging import store as messaging
from core.messaging import store_texts
from core.messaging.rules import OPTED_OUT_CODES, UNREACHABLE_CODES
from core.messaging.store_texts import TextBrief
from core.patients import store as patients


def after_sent(session: Session, action_id: str, now: datetime) -> None:
    """Timeline and counters; a text that a person wrote is a contact and ends the clocks."""
    text = store_texts.of_action(session, action_id)
    if text is None or text.lead_id is None:
        return
    if text.origin == "staff_alert":
        leads.note_event(
            session, text.lead_id, "alert_sent", "automatic", now=now, data={"staff_id": text.staff_id}
        )
        return
    by_kind = "staff" if text.origin == "staff" else "automatic"
    leads.note_event(
        session,
        text.lead_id,
        "text_sent",
        by_kind,
        now=now,
        staff_id=text.staff_id,
        data={"text_id": text.id},
    )
    leads.show_last_event(session, text.lead_id, "text_sent", by_kind, None, now)
    if text.patient_id:
        patients.count_text(session, text.patient_id, "texts_out", now)
    if text.origin == "staff":
        lead = leads.find(session, text.lead_id)
        if lead:
            contact.made(session, lead, staff_id=text.staff_id, channel="text", now=now)


def after_failure(session: Session, action_id: str, code: int | None, now: datetime) -> None:
    """A refusal can teach us that the number opted out at the carrier, or is no mobile."""
    text = store_texts.of_action(session, action_id)
    if text is not None:
        learn(session, text, code, now)


def learn(session: Session, text: TextBrief, code: int | None, now: datetime) -> None:
    """Act on an error code of the carrier (compliance.md C5)."""
    if text.lead_id and text.origin != "staff_alert":
        leads.note_event(
            session,
            text.lead_id,
            "text_failed",
            "automatic",
            now=now,
            data={"code": code, "text_id": text.id},
        )
        leads.show_last_event(session, text.lead_id, "text_failed", "automatic", None, now)
    if text.origin == "staff_alert":
        return
    if code in OPTED_OUT_CODES:
        _bar(session, text, "opted_out", now)
        entry = compliance.LedgerEntry(
            text.phone_index, "all", "revoke", "provider", patient_id=text.patient_id
        )
        compliance.append(session, [entry], now)
    elif code in UNREACHABLE_CODES:
        _bar(session, text, "unreachable", now)
        compliance.set_standing(session, text.phone_index, now, unreachable_at=now)


def _bar(session: Session, text: TextBrief, reason: str, now: datetime) -> None:
    messaging.cancel_patient_texts(session, text.phone_index, reason, by=None, now=now)
    for lead_id in leads.with_phone(session, text.phone_index):
        leads.change(session, lead_id, now, call_only=True)
