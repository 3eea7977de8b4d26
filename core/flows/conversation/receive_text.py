"""A patient wrote to us: store it, hear a STOP before anything else, stop the sequence, tell the owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.app import App
from core.compliance import store as compliance
from core.conversation.rules import STOPS, Meaning, understand
from core.domain.errors import InvalidInput
from core.domain.ids import new_id
from core.domain.phone import parse_phone
from core.flows.leads import assigning, contact
from core.flows.leads.contact import stop_sequence
from core.flows.sending import alerts
from core.leads import store as leads
from core.leads.store import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.store import texts
from core.patients import store as patients
from core.patients.rules import whereabouts
from core.sla import rules as sla_rules
from core.sla import store as sla

MAX_MEDIA = 10
ANSWER_USEFUL = timedelta(
    minutes=5
)  # compliance.md A2: the confirmation of a STOP is presumed fine within 5 minutes


@dataclass(frozen=True)
class Received:
    """What became of an inbound text. `text_id` is '' for a repeat."""

    text_id: str
    lead_id: str
    meaning: Meaning
    repeated: bool


def receive(
    app: App, params: Mapping[str, str], *, now: datetime, written_at: datetime | None = None
) -> Received:
    """Take in one verified webhook of Twilio. Raises InvalidInput where From or MessageSid is missing.

    `written_at` where we learn of the text later than it was written, from the provider's list.
    """
    text, answered, written_at = read_params(params), "OptOutType" in params, min(written_at or now, now)
    try:
        with app.db.write() as session:
            return _take_in(session, app, text, provider_answered=answered, written_at=written_at, now=now)
    except (IntegrityError, OperationalError):
        # The same webhook delivered twice at one moment, or two first texts of one new number: the other one is in.
        # Or the database threw us out (a deadlock, a lost connection): nobody delivers a STOP a second time.
        with app.db.write() as session:
            return _take_in(session, app, text, provider_answered=answered, written_at=written_at, now=now)


def read_params(params: Mapping[str, str]) -> texts.InText:
    """Our reading of Twilio's parameters (compliance.md C7)."""
    sid, sender, body = params.get("MessageSid", ""), params.get("From", ""), params.get("Body", "")
    if not sid:
        raise InvalidInput.of("MessageSid", "is missing")
    count = int(params.get("NumMedia") or 0) if (params.get("NumMedia") or "0").isdecimal() else 0
    media = tuple(
        (params[f"MediaUrl{i}"], params.get(f"MediaContentType{i}", ""))
        for i in range(min(count, MAX_MEDIA))
        if f"MediaUrl{i}" in params
    )
    opt_out = {"STOP": Meaning.STOP, "HELP": Meaning.HELP, "START": Meaning.START}.get(
        params.get("OptOutType", "")
    )
    return texts.InText(sid, _sender(sender), body[:4000], media, (opt_out or understand(body)).value)


def _sender(text: str) -> str:
    """A sender is kept as it is written where it is no number of ours to dial: a short code may write to us too."""
    try:
        return parse_phone(text, field="From")
    except InvalidInput:
        if not text.strip():
            raise
        return text.strip()[:40]


def _take_in(
    session: Session,
    app: App,
    text: texts.InText,
    *,
    provider_answered: bool,
    written_at: datetime,
    now: datetime,
) -> Received:
    meaning = Meaning(text.understood_as)
    known = texts.of_sid(session, text.sid)
    if known:
        return Received("", known.lead_id or "", meaning, repeated=True)
    lead = _lead_for(session, app, text, now)
    text_id = texts.receive(session, text, patient_id=lead.patient_id, lead_id=lead.id, now=written_at)
    patients.heard_from(session, lead.patient_id, now)
    leads.note_event(
        session,
        lead.id,
        "replied",
        "patient",
        now=now,
        data={"text_id": text_id, "understood_as": meaning.value},
    )
    leads.show_last_event(session, lead.id, "replied", "patient", text.body[:160] or "Picture", now)
    if meaning in STOPS:
        _opt_out(session, text, lead, meaning, written_at, provider_answered=provider_answered, now=now)
    elif meaning is Meaning.HELP:
        _answer(session, text, lead, "help", written_at, now, silent=provider_answered)
    elif meaning is Meaning.START and _resume(session, text, lead, written_at, now):
        _answer(session, text, lead, "resumed", written_at, now, silent=provider_answered)
    else:
        _hear(session, app, lead, written_at, now)
    return Received(text_id, lead.id, meaning, repeated=False)


def _opt_out(
    session: Session,
    text: texts.InText,
    lead: LeadBrief,
    meaning: Meaning,
    written_at: datetime,
    *,
    provider_answered: bool,
    now: datetime,
) -> None:
    """Suppress at once and in this transaction: nothing planned to this number survives it."""
    index = patients.phone_index(session, text.phone) or ""
    before = compliance.standing(session, index)
    method = "keyword" if meaning is Meaning.STOP else "plain_language"
    entry = compliance.LedgerEntry(
        index, "all", "revoke", method, patient_id=lead.patient_id, source="text message", verified=True
    )
    compliance.append(session, [entry], now)
    # When they said so, not when we heard of it: a START that was written after it counts, one before it does not.
    since = max(written_at, before.opted_out_at or written_at)
    compliance.set_standing(session, index, now, opted_out_at=since)
    if meaning is Meaning.WRONG_NUMBER:
        compliance.set_standing(session, index, now, unreachable_at=now)
    messaging.cancel_patient_texts(session, index, "opted_out", by=None, now=now)
    for lead_id in {lead.id, *leads.with_phone(session, index)}:
        stop_sequence(session, lead_id, "opted_out", by=None, now=now, by_kind="automatic")
        leads.change(session, lead_id, now, call_only=True)
    leads.note_event(session, lead.id, "opted_out", "patient", now=now, data={"how": method})
    # One confirmation, ever: a second STOP is heard and not answered again.
    _answer(
        session,
        text,
        lead,
        "opt_out_confirmation",
        written_at,
        now,
        silent=provider_answered or before.opted_out_at is not None,
    )


def _resume(
    session: Session, text: texts.InText, lead: LeadBrief, written_at: datetime, now: datetime
) -> bool:
    """START means something only to somebody who had opted out by then; whether they had."""
    index = patients.phone_index(session, text.phone) or ""
    opted_out_at = compliance.standing(session, index).opted_out_at
    if opted_out_at is None or opted_out_at > written_at:
        return False
    entry = compliance.LedgerEntry(
        index,
        "transactional",
        "resume",
        "keyword",
        patient_id=lead.patient_id,
        source="text message",
        verified=True,
    )
    compliance.append(session, [entry], now)
    compliance.set_standing(session, index, now, unreachable_at=None)  # who writes can be reached
    for lead_id in {lead.id, *leads.with_phone(session, index)}:
        leads.change(session, lead_id, now, call_only=False)
    leads.note_event(session, lead.id, "opted_in", "patient", now=now)
    return True


def _answer(
    session: Session,
    text: texts.InText,
    lead: LeadBrief,
    template: str,
    written_at: datetime,
    now: datetime,
    *,
    silent: bool,
) -> None:
    """The one automatic answer that a keyword is owed, unless the provider gave it already."""
    if silent:
        return
    messaging.plan(
        session,
        NewAction(
            key=f"answer:{text.sid}",
            kind="text",
            due_at=now,
            purpose=Purpose.REPLY,
            lane=Lane.URGENT,
            useful_until=written_at + ANSWER_USEFUL,
            lead_id=lead.id,
            patient_id=lead.patient_id,
            template=template,
            phone=text.phone,
        ),
        now,
    )


def _hear(session: Session, app: App, lead: LeadBrief, written_at: datetime, now: datetime) -> None:
    """A reply to be read by a person: automation steps aside, the lead is open again, the owner is told."""
    for lead_id in sorted({lead.id, *leads.with_phone(session, lead.phone_index or "")}):
        stop_sequence(session, lead_id, "replied", by=None, now=now, by_kind="automatic")
    if lead.state in ("closed", "disqualified"):
        leads.change(session, lead.id, now, state="open", disqualified_reason=None)
        leads.note_event(session, lead.id, "reopened", "automatic", now=now, data={"reason": "replied"})
    leads.change(session, lead.id, now, unread=leads.one_more_unread(), snoozed_until=None)
    sla.resume(session, lead.id, now)
    if leads.first_time(session, lead.id, "responded_at", now):
        analytics.record(session, "responded", patient_id=lead.patient_id, lead_id=lead.id, now=now)
    contact.answered(session, lead, now=now)
    due_at = _await_answer(session, app, lead, written_at, now)
    alerts.alert(
        session,
        app.settings,
        key=f"alert:reply:{lead.id}:{due_at.isoformat()}",
        template="staff_reply",
        staff_id=lead.owner_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=due_at,
        now=now,
    )


def _await_answer(
    session: Session, app: App, lead: LeadBrief, written_at: datetime, now: datetime
) -> datetime:
    """Start the reply clock unless a clock runs that is due anyway; when an answer is due."""
    running = sla.live_due(session, lead.id)
    if running:
        return running
    policy = sla_rules.choose(
        app.reference.policies, sla_rules.NEXT_REPLY, {"location": lead.location, "form_type": lead.form_type}
    )
    due_at = sla_rules.due_at(policy, app.reference.clinic.location(lead.location).hours, written_at)
    sla.start(session, lead.id, policy, started_at=written_at, due_at=due_at, now=now)
    return due_at


def _lead_for(session: Session, app: App, text: texts.InText, now: datetime) -> LeadBrief:
    """The conversation that this number belongs to; an unknown number opens one."""
    index = patients.phone_index(session, text.phone) or ""
    by_form = leads.latest_of_phone(session, index)
    if by_form:
        return by_form
    patient_id = patients.by_phone(session, text.phone)
    known = leads.latest_of_patient(session, patient_id) if patient_id else None
    return known or _new_conversation(session, app, text, patient_id, index, now)


def _new_conversation(
    session: Session, app: App, text: texts.InText, patient_id: str | None, index: str, now: datetime
) -> LeadBrief:
    clinic = app.reference.clinic
    if patient_id is None:
        where = whereabouts("", text.phone, app.reference.area_codes, clinic.zone.key)
        profile = {
            "first_name": "",
            "last_name": "",
            "phone": text.phone,
            "zone": ",".join(where.zones),
            "state": where.state,
            "location": clinic.default_location,
            "status": "new",
            "source": "text message",
            "acquired_at": now,
        }
        patient_id = patients.create(session, profile, None, now)
    lead_id = new_id(now)
    row = {
        "id": lead_id,
        "patient_id": patient_id,
        "created_at": now,
        "updated_at": now,
        "state": "open",
        "form_type": "text_in",
        "temperature": "warm",
        "priority": 3,
        "location": clinic.default_location,
        "source": "text message",
        "phone": text.phone,
        "phone_index": index,
        "last_event_at": now,
        "last_event_kind": "replied",
        "last_event_by": "patient",
    }
    leads.create(session, row)
    wanted = assigning.Wanted("", clinic.default_location, 0, vip=False, form_type="text_in")
    assigning.assign(session, app.reference, lead_id=lead_id, wanted=wanted, now=now)
    return leads.get(session, lead_id)
