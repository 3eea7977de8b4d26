"""Staff say whose text it is, where several people share a number: 'This is Casey'."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.audit import store as audit
from core.domain.errors import InvalidInput, NotFound
from core.domain.roles import Actor
from core.flows.conversation import scheduling
from core.flows.leads.staff_action import open_for_work
from core.flows.sequences.stopping import stop_sequences
from core.leads.rules import OVER
from core.leads.store import household as lead_household
from core.leads.store import leads, threads
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand, conversation
from core.messaging.store import household as texts
from core.messaging.store.household import Received
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sequences import store as sequences
from core.sla import rules as sla_rules
from core.sla import store as sla


def assign_text(
    session: Session, reference: Reference, actor: Actor, text_id: str, lead_id: str, *, now: datetime
) -> str | None:
    """Move a received text to the lead whose patient wrote it; the lead that had it, to which it can be moved back.

    What was stopped because of it goes on for everybody else on the number. Raises InvalidInput(lead_id) for a lead
    with another number, NotFound for no received text.
    """
    lead = open_for_work(session, actor, lead_id)
    text = texts.received(session, text_id)
    if text is None:
        raise NotFound("This text does not exist any more.")
    if lead.phone_index != text.phone_index:
        raise InvalidInput.of(
            "lead_id", "This lead has another number. Choose somebody who shares the phone."
        )
    before = leads.find(session, text.lead_id) if text.lead_id else None
    heard_at = lead_household.heard_at(session, before.id, text_id) if before else None
    texts.hand(session, text_id, lead.patient_id, lead.id)
    if before and before.id != lead.id:
        _take_from(session, before, text, now)
        _give_to(session, reference, lead, text, now)
    for found in filter(None, (before, lead)):
        turn = conversation.turn(session, found.id)
        threads.put(session, found.id, spoken_at=turn.spoken_at, waits_since=turn.waits_since, now=now)
    stop_sequences(session, lead.id, "replied", by=actor.staff_id, now=now)
    scheduling.stop_for_reply(session, [lead.id], text.created_at, now)
    if heard_at:
        _let_others_go_on(session, actor, lead, text, heard_at, now)
    _keep(session, actor, lead, before, text_id, now)
    return before.id if before else None


def _take_from(session: Session, before: LeadBrief, text: Received, now: datetime) -> None:
    if text.read_at is None:
        lead_household.change_unread(session, before.id, -1, now)
    sla.void_started(session, before.id, sla_rules.NEXT_REPLY, text.created_at, now)
    if not texts.others_received(session, before.id, text.id):
        leads.change(session, before.id, now, responded_at=None)
        analytics.withdraw(session, before.id, "responded")


def _give_to(session: Session, reference: Reference, lead: LeadBrief, text: Received, now: datetime) -> None:
    """As if it had come here: the lead is open, unread, and its answer is due from when it was written."""
    if text.patient_id and text.patient_id != lead.patient_id:
        patients.move_text_in(session, text.patient_id, lead.patient_id, text.created_at, now)
    if lead.state in OVER:
        leads.change(session, lead.id, now, state="open", disqualified_reason=None)
    if text.read_at is None:
        lead_household.change_unread(session, lead.id, 1, now)
    if leads.first_time(session, lead.id, "responded_at", text.created_at):
        analytics.record(session, "responded", patient_id=lead.patient_id, lead_id=lead.id, now=now)
    leads.change(session, lead.id, now, snoozed_until=None)
    hours = reference.clinic.location(lead.location).hours
    sla.resume(session, lead.id, hours, now)
    if sla.live_due(session, lead.id) is None:
        facts = {"location": lead.location, "form_type": lead.form_type}
        policy = sla_rules.choose(reference.policies, sla_rules.NEXT_REPLY, facts)
        due_at = sla_rules.due_at(policy, hours, text.created_at)
        sla.start(session, lead.id, policy, started_at=text.created_at, due_at=due_at, now=now)


def _let_others_go_on(
    session: Session, actor: Actor, lead: LeadBrief, text: Received, heard_at: datetime, now: datetime
) -> None:
    """Follow-ups that stopped at the very moment this text came, of people who did not write it, or anything else."""
    for other in leads.with_phone(session, text.phone_index):
        found = leads.get(session, other)
        if found.patient_id == lead.patient_id or texts.maybe_received(session, other, text):
            continue
        restored = sum(
            by_hand.restore_stopped(session, other, why, heard_at, by=actor.staff_id, now=now)
            for why in ("replied", scheduling.REPLIED)
        )
        if sequences.go_on(session, other, heard_at) or restored:
            data = {"restored": restored, "text_id": text.id}
            leads.note_event(
                session, other, "sequence_resumed", "staff", now=now, staff_id=actor.staff_id, data=data
            )


def _keep(
    session: Session, actor: Actor, lead: LeadBrief, before: LeadBrief | None, text_id: str, now: datetime
) -> None:
    data = {"text_id": text_id, "from": before.number if before else None, "to": lead.number}
    for lead_id in {lead.id, before.id if before else lead.id}:
        leads.note_event(
            session, lead_id, "text_assigned", "staff", now=now, staff_id=actor.staff_id, data=data
        )
    audit.note(
        session, staff_id=actor.staff_id, action="text_assigned", subject=text_id, detail=data, now=now
    )
