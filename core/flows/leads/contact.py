"""A person reached out to a patient, or the two spoke: which clocks end, and when automation steps aside.

Only people make contact; automated texts never stop a clock (DESIGN, Words). Chapter 7 tells two targets apart: a
first attempt, which is a call whatever came of it or a text of one's own, and a first conversation: they spoke by
phone, in the clinic, or by texts both ways.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.flows.clocks import breaching
from core.flows.conversation import danger
from core.flows.escalation import levels
from core.flows.leads import rotation, taking_over, tasks
from core.flows.sequences.stopping import stop_for_patient
from core.leads.store import leads, threads
from core.leads.store import work as lead_work
from core.messaging.store import by_hand, conversation
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.sla.rules import ENDS, FIRST_CONTACT, FIRST_CONVERSATION, OUTCOMES, PATIENT

MISSED_YOU = "missed_you"  # the text that belongs to a call which reached nobody


def end_clocks(session: Session, lead_id: str, kind: str, staff_id: str | None, now: datetime) -> None:
    """The clocks that a touch of this kind ends (`ENDS`). What was late is written down for good."""
    ended = sla.end_by_contact(session, lead_id, ENDS[kind], by=staff_id, now=now)
    breaching.note_late(session, lead_id, ended, now)


def attempted(
    session: Session, lead: leads.LeadBrief, *, staff_id: str | None, channel: str, now: datetime
) -> None:
    """A person tried by `channel` (call, text, in_person). The first-contact clock ends; automation goes on."""
    patients.touch(session, lead.patient_id, now, last_contact_at=now)  # first: see settling.after_sent
    end_clocks(session, lead.id, "attempt", staff_id, now)
    danger.take_up(session, lead.id, staff_id, now)
    rotation.at_work(session, staff_id, now)
    levels.end(session, lead, "contacted", by=staff_id, now=now)
    if leads.first_time(session, lead.id, "attempted_at", now):
        _record(session, lead, "attempted", channel, now)


def await_conversation(session: Session, reference: Reference, lead: leads.LeadBrief, now: datetime) -> None:
    """A person calls or writes: a lead from before conversations had a clock gets it, as of its form.

    Here rather than in a migration, which knows neither opening hours nor targets.
    """
    if lead.state != "open" or lead.contacted_at:
        return
    clocks = {clock.target: clock for clock in sla.of_lead(session, lead.id)}
    if FIRST_CONTACT not in clocks or FIRST_CONVERSATION in clocks:
        return
    facts = {
        "temperature": leads.temperature(session, lead.id),
        "form_type": lead.form_type,
        "location": lead.location,
    }
    policy = sla_rules.choose(reference.policies, FIRST_CONVERSATION, facts)
    started_at = clocks[FIRST_CONTACT].started_at
    due_at = sla_rules.due_at(policy, reference.clinic.location(lead.location).hours, started_at)
    sla.start(session, lead.id, policy, started_at=started_at, due_at=due_at, now=now)
    if lead.snoozed_until:
        sla.pause(session, lead.id, now)


def texted(
    session: Session, lead: leads.LeadBrief, *, staff_id: str | None, template: str | None, now: datetime
) -> None:
    """A person's own text went out. It answers what the patient wrote, and automation steps aside.

    Where the two have spoken, for good; a text that nobody has answered is a person who takes over: automation waits.
    The text that belongs to a missed call is part of that attempt: the sequence goes on as after the call itself.
    """
    attempted(session, lead, staff_id=staff_id, channel="text", now=now)
    threads.answered(session, lead.id, lead.patient_id, now)
    end_clocks(session, lead.id, "text", staff_id, now)
    # What becomes of the request is the patient's to say now. Their answer lets these clocks run on.
    sla.pause(session, lead.id, now, OUTCOMES, PATIENT)
    if lead.responded_at:
        _spoke(session, lead, staff_id, "text", now)
    if template == MISSED_YOU and not lead.responded_at:
        return
    if lead.responded_at or lead.contacted_at:
        stop_for_patient(session, lead, "contacted", by=staff_id, now=now)
    else:
        taking_over.take_over(session, lead.id, taking_over.WROTE, by=staff_id, now=now)
    tasks.end_calls(session, lead.id, ("call",), by=staff_id, now=now)


def answered(session: Session, lead: leads.LeadBrief, *, now: datetime) -> None:
    """A patient wrote. Where a person had written before, that is a conversation; what they wrote awaits an answer."""
    written = conversation.by_staff(session, lead.id)
    if not written:
        return
    _, staff_id = written[-1]
    _spoke(session, lead, staff_id, "text", now)


def talked(
    session: Session, lead: leads.LeadBrief, *, staff_id: str | None, channel: str, now: datetime
) -> None:
    """They spoke by `channel` (call, in_person): every clock ends, the sequence stops, nobody has to call any more."""
    attempted(session, lead, staff_id=staff_id, channel=channel, now=now)
    end_clocks(session, lead.id, "conversation", staff_id, now)
    _spoke(session, lead, staff_id, channel, now)
    stop_for_patient(session, lead, "contacted", by=staff_id, now=now)


def _spoke(
    session: Session, lead: leads.LeadBrief, staff_id: str | None, channel: str, now: datetime
) -> None:
    end_clocks(session, lead.id, "answer", staff_id, now)
    danger.reached(session, lead.id, by=staff_id, now=now)
    tasks.end_calls(session, lead.id, ("call", "next_call"), by=staff_id, now=now)
    if leads.first_time(session, lead.id, "contacted_at", now):
        patients.raise_status(session, lead.patient_id, "contacted", now)
        _record(session, lead, "contacted", channel, now)


def _record(session: Session, lead: leads.LeadBrief, step: str, channel: str, now: datetime) -> None:
    analytics.record(
        session, step, patient_id=lead.patient_id, lead_id=lead.id, now=now, detail={"channel": channel}
    )


def has_read(session: Session, lead_id: str, now: datetime) -> None:
    """Whoever answers a patient has read what they wrote, whoever owns the lead."""
    if lead_work.read_texts(session, lead_id):
        by_hand.read_texts(session, lead_id, now)
