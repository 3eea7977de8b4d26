"""Somebody called and nobody picked up: a lead, a person who calls back, and one text a day and caller.

Twilio's voice webhook tells it (status callback of the number, or the action of its <Dial>). The number that called is
theirs, and asks to be called back: the ledger says that texts about this call may go there, unless they had said no.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store as compliance
from core.domain.errors import InvalidInput
from core.domain.phone import is_no_persons, may_be_texted, parse_phone
from core.flows.conversation import whose_text
from core.flows.escalation import levels
from core.flows.sending import alerts
from core.flows.sequences import entering
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.operations import store as operations
from core.patients.store import profiles as patients
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.staff.store import people

MISSED = frozenset({"no-answer", "busy", "failed", "canceled"})
ONCE_IN = timedelta(days=1)
MARK = "call:"
FORM_TYPE, SOURCE = "missed_call", "phone call"
TITLE = "call back, they called and nobody picked up"


def take_in(app: App, params: Mapping[str, str], *, now: datetime) -> str:
    """Take in one verified voice webhook; the lead's id, '' where it is no missed call of a person, or not the first of
    the day."""
    phone = _caller(app, params)
    if not phone:
        return ""
    try:
        with app.db.write() as session:
            return _take_in(session, app, phone, now)
    except (
        IntegrityError,
        OperationalError,
    ):  # the first two calls of a new number at one moment: the other is in
        with app.db.write() as session:
            return _take_in(session, app, phone, now)


def _caller(app: App, params: Mapping[str, str]) -> str:
    """The number that called in vain; '' for any other call, a withheld number, a machine's or our own."""
    status = params.get("DialCallStatus") or params.get("CallStatus", "")
    if status not in MISSED or not params.get("Direction", "inbound").startswith("inbound"):
        return ""
    try:
        phone = parse_phone(params.get("From", ""))
    except InvalidInput:
        return ""
    ours = {app.settings.sender, app.reference.clinic.phone, params.get("To", "")}
    return "" if phone in ours or is_no_persons(phone) else phone


def _take_in(session: Session, app: App, phone: str, now: datetime) -> str:
    if any(one.phone == phone for one in people.colleagues(session)):
        return ""
    index = patients.phone_index(session, phone) or ""
    operations.forget_marks(session, MARK, now - 2 * ONCE_IN)
    if not operations.take_turn(session, f"{MARK}{index}", now, unless_since=now - ONCE_IN):
        return ""
    lead = _known(session, index, now)
    new = lead is None
    lead = lead or whose_text.new_conversation(
        session,
        app,
        phone,
        _patient(session, phone),
        index,
        now,
        form_type=FORM_TYPE,
        source=SOURCE,
        kind=FORM_TYPE,
    )
    event_id = leads.note_event(session, lead.id, "missed_call", "patient", now=now)
    leads.show_last_event(session, lead.id, "missed_call", "patient", None, now)
    due_at = _start_clocks(session, app, lead, now, new=new)
    if new:
        levels.begin(
            session, app.reference, lead, priority=leads.priority(session, lead.id), apologise=False, now=now
        )
    _tell(session, app, lead, event_id, due_at, now, new=new)
    _may_text(session, lead, phone, index, now)
    entering.missed_call(session, leads.get(session, lead.id), event_id, now=now)
    return lead.id


def _known(session: Session, index: str, now: datetime) -> LeadBrief | None:
    """The lead that this number is of, open again where it was over."""
    lead = leads.latest_of_phone(session, index)
    if lead is None:
        return None
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    if lead.state in OVER:
        leads.change(session, lead.id, now, state="open", disqualified_reason=None)
        leads.note_event(session, lead.id, "reopened", "automatic", now=now, data={"reason": "called"})
    return leads.get(session, lead.id)


def _patient(session: Session, phone: str) -> str | None:
    return next(iter(patients.on_number(session, phone)), None)


def _start_clocks(session: Session, app: App, lead: LeadBrief, now: datetime, *, new: bool) -> datetime:
    """Of a new lead those of a form; else an answer is due, unless a clock runs that is due anyway. When that is."""
    running = sla.live_due(session, lead.id)
    if running:
        return running
    facts = {
        "temperature": leads.temperature(session, lead.id),
        "form_type": lead.form_type,
        "location": lead.location,
    }
    hours = app.reference.clinic.location(lead.location).hours
    targets = sla_rules.FROM_THE_FORM if new else (sla_rules.NEXT_REPLY,)
    policies = [sla_rules.choose(app.reference.policies, target, facts) for target in targets]
    due = [(policy, sla_rules.due_at(policy, hours, now)) for policy in policies]
    for policy, due_at in due:
        sla.start(session, lead.id, policy, started_at=now, due_at=due_at, now=now)
    return due[0][1]


def _tell(
    session: Session, app: App, lead: LeadBrief, event_id: str, due_at: datetime, now: datetime, *, new: bool
) -> None:
    alerts.alert(
        session,
        app.reference,
        app.settings,
        key=f"alert:new_lead:{lead.id}" if new else f"alert:missed_call:{event_id}",
        template="staff_new_lead" if new else "staff_call_task",
        staff_id=lead.owner_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=due_at,
        task_title="" if new else TITLE,
        now=now,
    )


def _may_text(session: Session, lead: LeadBrief, phone: str, index: str, now: datetime) -> None:
    """Who calls may be texted about that call. Whoever said no before has said no."""
    standing = compliance.standing(session, index)
    said = standing.transactional_at or standing.opted_out_at or standing.unreachable_at
    if said or lead.call_only or not may_be_texted(phone):
        return
    entry = compliance.LedgerEntry(
        index,
        "transactional",
        "grant",
        "called_us",
        patient_id=lead.patient_id,
        source="missed call",
        verified=True,
    )
    compliance.append(session, [entry], now)
