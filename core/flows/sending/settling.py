"""What follows once a text was handed over, or was refused for good."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.db.prepared import together
from core.flows.booking import ending_offers
from core.flows.leads import contact
from core.flows.sending import alert_results
from core.leads.store import groups, leads, threads
from core.messaging.actions import State
from core.messaging.rules.statuses import OPTED_OUT_CODES, UNREACHABLE_CODES
from core.messaging.store import doubts
from core.messaging.store import planning as messaging
from core.messaging.store import texts as store_texts
from core.messaging.store.texts import TextBrief
from core.patients.store import profiles as patients


def adopt(session: Session, action_id: str, attempt: int, sid: str, by: str, now: datetime) -> bool:
    """The provider says that it took this attempt, whatever became of our row; whether that was news.

    `by` is the witness: callback, or late_answer. A sid that is some row's already proves nothing new.
    """
    if store_texts.of_sid(session, sid) or not doubts.adopt(session, action_id, attempt, sid, now):
        return False
    messaging.record_moves(
        session, [(action_id, State.SENT, "adopted", {"attempt": attempt, "by": by})], now=now
    )
    store_texts.accepted(session, [(action_id, sid, "accepted")], now)
    after_sent(session, [action_id], now)
    return True


def after_sent(session: Session, action_ids: Sequence[str], now: datetime) -> None:
    """Timeline and counters; a text that a person wrote is an attempt to reach them, or an answer."""
    found = store_texts.of_actions(session, action_ids)
    texts = [text for text in found if text.lead_id]
    told = {text.action_id or "": text.lead_id for text in found if text.origin == "staff_alert"}
    if told:
        alert_results.sent(session, told, now)
    to_patients = [text for text in texts if text.origin != "staff_alert"]
    with together(session):
        leads.note_events(session, [_event(text, now) for text in texts])
        # Every story locks patients before leads, and many in order: a reply at this moment would deadlock otherwise.
        patients.count_texts_out(
            session, sorted(text.patient_id for text in to_patients if text.patient_id), now
        )
        leads.show_texts_sent(session, sorted((text.lead_id or "", _by(text)) for text in to_patients), now)
    for text in to_patients:
        if text.origin == "staff":
            contact.texted(
                session,
                leads.get(session, text.lead_id or ""),
                staff_id=text.staff_id,
                template=text.template_id,
                now=now,
            )


def _by(text: TextBrief) -> str:
    return "staff" if text.origin == "staff" else "automatic"


def _event(text: TextBrief, now: datetime) -> leads.NewEvent:
    if text.origin == "staff_alert":
        return leads.NewEvent(
            text.lead_id or "", "alert_sent", "automatic", now, data={"staff_id": text.staff_id}
        )
    return leads.NewEvent(
        text.lead_id or "", "text_sent", _by(text), now, text.staff_id, {"text_id": text.id}
    )


def after_failure(session: Session, action_id: str, code: int | None, now: datetime) -> None:
    """A refusal can teach us that the number opted out at the carrier, or is no mobile."""
    for text in store_texts.of_actions(session, [action_id]):
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
        threads.reopen(session, text.lead_id, now)  # whoever was done with it thought that this had arrived
    if text.origin == "staff_alert":
        alert_results.failed(session, text.action_id or "", f"sms_{code or 'failed'}", now)
        return
    if text.template_id == ending_offers.TEXT and text.action_id:
        ending_offers.texts_lost(session, [text.action_id], now)
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
    sharing = groups.with_phones(session, [text.phone_index])
    messaging.cancel_patient_texts(session, text.phone_index, sharing, reason, by=None, now=now)
    for lead_id in leads.with_phone(session, text.phone_index):
        leads.change(session, lead_id, now, call_only=True)
