"""What a patient's text sets off, step by step as its reading says. Nothing planned to a number survives its STOP."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.app import App
from core.booking import store_links as links
from core.compliance import store as compliance
from core.conversation import store as conversation
from core.conversation.rules.reading import Did, Label
from core.domain.phone import is_no_persons, may_be_texted
from core.domain.roles import PATIENT
from core.flows.booking import arriving, ending_offers
from core.flows.conversation import after_hours, danger, whose_text
from core.flows.conversation.heard import Heard
from core.flows.escalation import levels
from core.flows.leads import contact
from core.flows.sending import alerts, answering
from core.flows.sequences.stopping import stop_sequences
from core.leads.rules import OVER
from core.leads.store import groups, leads
from core.leads.store.leads import LeadBrief
from core.messaging.rules.answers import CONFIRMATION
from core.messaging.store import planning as messaging
from core.sla import rules as sla_rules
from core.sla import store as sla

ANSWER_USEFUL = timedelta(
    minutes=5
)  # compliance.md A2: the confirmation of a STOP is presumed fine within 5 minutes


def carry_out(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """A STOP before anything else, then the answer that is owed, then the people who must know."""
    if heard.sets_off(Did.SUPPRESS):
        _opt_out(session, app, heard, now)
    if heard.sets_off(Did.RESUME):
        _resume(session, app, heard, now)
    if heard.sets_off(Did.HELP_REPLY):
        _help(session, app, heard, now)
    if heard.sets_off(Did.TO_PERSON) and heard.reading.label is not Label.AMBIGUOUS_OPT_OUT:
        _open_to_answers(session, heard, now)
    if heard.sets_off(Did.PAUSE_AUTOMATION):
        _step_aside(session, heard, now)
    if heard.sets_off(Did.PAGE_ON_CALL):
        _page(session, app, heard, now)
    if heard.reading.label is Label.HERE:
        arriving.heard_here(session, PATIENT, heard.lead.id, now=now)
    if heard.sets_off(Did.TO_PERSON):
        _to_person(session, app, heard, now)
        after_hours.answer(session, app, heard, now)


def _opt_out(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """Suppress at once and in this transaction."""
    lead, label, index = heard.lead, heard.reading.label, heard.index
    before = compliance.standing(session, index)
    entry = compliance.LedgerEntry(
        index,
        "all",
        "revoke",
        heard.reading.how,
        patient_id=lead.patient_id,
        source="text message",
        verified=True,
    )
    compliance.append(session, [entry], now)
    # When they said so, not when we heard of it: a START that was written after it counts, one before it does not.
    since = max(heard.written_at, before.opted_out_at or heard.written_at)
    compliance.set_standing(session, index, now, opted_out_at=since)
    if label is Label.WRONG_NUMBER:
        compliance.set_standing(session, index, now, unreachable_at=now)
        links.run_out(session, _of_this_phone(session, lead, index), now)  # whoever has them is somebody else
    theirs = groups.with_phones(session, [index])
    messaging.cancel_patient_texts(session, index, theirs, "opted_out", by=None, now=now)
    ending_offers.end_all_of(session, theirs, "opted_out", now)
    for lead_id in _of_this_phone(session, lead, index):
        stop_sequences(session, lead_id, "opted_out", by=None, now=now, by_kind="automatic")
        leads.change(session, lead_id, now, call_only=True)
    leads.note_event(session, lead.id, "opted_out", "patient", now=now, data={"how": heard.reading.how})
    # One confirmation, ever: a second STOP is heard and not answered again.
    if before.opted_out_at is None and heard.sets_off(Did.OPTOUT_CONFIRMATION):
        _answer(session, app, heard, CONFIRMATION, now)


def _of_this_phone(session: Session, lead: LeadBrief, index: str) -> list[str]:
    """Whoever shares the phone: its number decides, not its owner. In order, so that two texts at once never wait
    for each other."""
    return sorted({lead.id, *leads.with_phone(session, index)})


def _resume(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """Texts may go again to somebody who had opted out."""
    index = heard.index
    entry = compliance.LedgerEntry(
        index,
        "transactional",
        "resume",
        "keyword",
        patient_id=heard.lead.patient_id,
        source="text message",
        verified=True,
    )
    compliance.append(session, [entry], now)
    compliance.set_standing(session, index, now, unreachable_at=None)  # who writes can be reached
    for lead_id in _of_this_phone(session, heard.lead, index):
        leads.change(session, lead_id, now, call_only=not may_be_texted(heard.text.phone))
    leads.note_event(session, heard.lead.id, "opted_in", "patient", now=now)
    _answer(session, app, heard, "resumed", now)


def _open_to_answers(session: Session, heard: Heard, now: datetime) -> None:
    """Whoever writes to us may be answered by a person. It is no consent: automatic texts stay away."""
    standing = compliance.standing(session, heard.index)
    barred = standing.opted_out_at or standing.unreachable_at or not may_be_texted(heard.text.phone)
    if heard.lead.call_only and not barred:
        leads.change(session, heard.lead.id, now, call_only=False)


def _help(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """A number to call. Who cries for help while we know them in danger means it: people are told again."""
    _answer(session, app, heard, "help", now)
    if conversation.is_urgent(session, [heard.lead.id]):
        _page(session, app, heard, now)
        leads.back_in_sight(session, heard.lead.id, now)


def _answer(session: Session, app: App, heard: Heard, template: str, now: datetime) -> None:
    """The one automatic answer that a keyword is owed, unless the provider gave it already, to a person."""
    if heard.provider_answered or is_no_persons(heard.text.phone):
        return
    if answering.bar(session, app.reference, template, heard.lead, heard.index, now):
        return
    key = f"answer:{heard.text.sid}" + (f":{template}" if heard.answered_from else "")
    until = heard.asks_since + ANSWER_USEFUL
    answering.plan(
        session, key, template, heard.lead, heard.text.phone, heard.reading.lang, useful_until=until, now=now
    )


def _step_aside(session: Session, heard: Heard, now: datetime) -> None:
    """Automation leaves the conversation to people."""
    whose_text.step_aside(session, heard.whose, heard.id, now)
    if heard.sets_off(Did.STOP_MARKETING):
        number = heard.lead.phone_index or ""
        theirs = groups.with_phones(session, [number])
        messaging.cancel_marketing(session, number, theirs, "needs_a_person", now)


def _page(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """Somebody may be in danger. The safety reply answers the text that they sent just now, so it goes at any hour
    and past an opt-out (compliance.md J), once for each episode."""
    lead, phone = heard.lead, heard.text.phone
    for lead_id in groups.with_phones(session, [lead.phone_index or ""]):
        stop_sequences(session, lead_id, "needs_a_person", by=None, now=now, by_kind="automatic")
    advice = danger.raise_alarm(session, app.reference, app.settings, lead, heard.id, now)
    if heard.sets_off(Did.SAFETY_REPLY) and advice and not is_no_persons(phone):
        answering.advise(session, advice, lead, phone, heard.reading.lang, since=heard.asks_since, now=now)


def _to_person(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """A person reads it: the lead is open and in sight, an answer is due, somebody is told."""
    lead = heard.lead
    if heard.reading.label is Label.WRONG_NUMBER and not heard.sets_off(Did.PAGE_ON_CALL):
        unread = leads.back_in_sight(session, lead.id, now)
        _tell(session, app, heard, "staff_wrong_number", unread, now, now)
        return
    if lead.state in OVER:
        leads.change(session, lead.id, now, state="open", disqualified_reason=None)
        leads.note_event(session, lead.id, "reopened", "automatic", now=now, data={"reason": "replied"})
    unread = leads.back_in_sight(session, lead.id, now)
    sla.resume(session, lead.id, app.reference.clinic.location(lead.location).hours, now)
    if lead.snoozed_until:
        levels.begin_again(session, app.reference, lead.id, now)
    # Whoever asks for no more texts has not answered ours.
    if not heard.sets_off(Did.SUPPRESS) and leads.first_time(session, lead.id, "responded_at", now):
        analytics.record(session, "responded", patient_id=lead.patient_id, lead_id=lead.id, now=now)
    if not heard.sets_off(Did.SUPPRESS):
        contact.answered(session, lead, now=now)
    due_at = _await_answer(session, app, lead, heard.written_at, now)
    if not heard.sets_off(Did.PAGE_ON_CALL):
        _tell(session, app, heard, "staff_reply", unread, due_at, now)


def _tell(
    session: Session, app: App, heard: Heard, template: str, unread: int, due_at: datetime, now: datetime
) -> None:
    """Texts within a minute of one another are one alert, unless somebody has read the earlier ones meanwhile: they
    may have left the page before this one came."""
    if unread > 1 and alerts.told_just_now(session, heard.lead.id, template, now):
        return
    for lead in (heard.lead, *whose_text.also_theirs(session, heard.whose)):
        alerts.alert(
            session,
            app.reference,
            app.settings,
            key=f"alert:text:{heard.id}",
            template=template,
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
