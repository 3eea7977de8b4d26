"""Staff put a lead aside, or say that it leads nowhere. Each decision can be taken back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.escalation import levels
from core.flows.leads import contact_history, tasks
from core.flows.leads.staff_action import ago, open_for_work
from core.flows.sequences import stopping
from core.leads import history_rules
from core.leads.reasons import DISQUALIFIED
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.sla.rules import SNOOZED
from core.staff.store import people as names

LONGEST_SNOOZE = timedelta(days=90)
AT_ONCE = timedelta(
    minutes=1
)  # a reopening this soon is an undo: everything goes on as if nothing had happened
DECIDED = ("booked", "disqualified", "attended", "treated", "reopened")


def snooze(session: Session, actor: Actor, lead_id: str, until: datetime, *, now: datetime) -> None:
    """Put an open lead aside until a moment; its clocks stand still. Raises InvalidInput(until)."""
    lead = open_for_work(session, actor, lead_id)
    if not now < until <= now + LONGEST_SNOOZE:
        raise InvalidInput.of("until", "Choose a moment within the next 90 days.")
    if not lead_work.snooze(session, lead_id, until, now):
        raise LostRace(_by_now(session, lead_id, now))
    sla.pause(session, lead_id, now)
    levels.end(session, lead, "snoozed", by=actor.staff_id, now=now)
    _note(session, actor, lead_id, "snoozed", now, {"until": until.isoformat()})


def unsnooze(session: Session, reference: Reference, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """Bring a snoozed lead back; its clocks go on where they stood. Raises LostRace when it is back already."""
    lead = open_for_work(session, actor, lead_id)
    if not lead_work.wake(session, lead_id, now):
        raise LostRace("This lead is back already.")
    sla.resume(session, lead_id, reference.clinic.location(lead.location).hours, now, SNOOZED)
    levels.begin_again(session, reference, lead_id, now)
    _note(session, actor, lead_id, "unsnoozed", now)


def disqualify(session: Session, actor: Actor, lead_id: str, reason: str, *, now: datetime) -> None:
    """The lead leads nowhere: automation stops, clocks count for nothing. Raises InvalidInput(reason)."""
    lead = open_for_work(session, actor, lead_id)
    if reason not in DISQUALIFIED:
        raise InvalidInput.of("reason", "Choose a reason: it shows later what could be done better.")
    if not lead_work.change_state(
        session, lead_id, "open", now, state="disqualified", disqualified_reason=reason
    ):
        raise LostRace(_by_now(session, lead_id, now))
    stopping.stop_sequences(session, lead_id, "disqualified", by=actor.staff_id, now=now)
    sla.void(session, lead_id, now)
    levels.end(session, lead, "disqualified", by=actor.staff_id, now=now)
    tasks.end_all(session, lead_id, by=None, now=now)
    if not leads.others_of_patient(session, lead.patient_id, lead_id):
        patients.touch(session, lead.patient_id, now, status="disqualified")
    _note(session, actor, lead_id, "disqualified", now, {"reason": reason})
    leads.show_last_event(session, lead_id, "disqualified", "staff", DISQUALIFIED[reason], now)


def reopen(session: Session, reference: Reference, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """Open a disqualified or closed lead again.

    Within a minute this is an undo: clocks, tasks and timed texts go on. Later a clock starts anew where nobody
    had made contact yet, and the sequence stays stopped.
    """
    lead = open_for_work(session, actor, lead_id)
    if lead.state not in OVER:
        raise LostRace(_by_now(session, lead_id, now))
    stopped = lead_work.last_event(session, lead_id, ("disqualified",))
    lead_work.change_state(session, lead_id, lead.state, now, state="open", disqualified_reason=None)
    status = history_rules.status(leads.stages_of_patient(session, lead.patient_id))
    patients.touch(session, lead.patient_id, now, status=status)
    if stopped and now - stopped.at <= AT_ONCE:
        by = actor.staff_id
        sla.revive_voided(session, lead_id, stopped.at)
        contact_history.let_sequence_go_on(session, lead, stopped.at, overdue=True, by=by, now=now)
        tasks.revive(session, lead_id, stopped.at, by=by, now=now)
    else:
        _new_clocks(session, reference, lead, now)
    levels.begin_again(session, reference, lead_id, now)
    _note(session, actor, lead_id, "reopened", now)
    leads.show_last_event(session, lead_id, "reopened", "staff", None, now)


def _new_clocks(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> None:
    """Each target that ran when the lead was closed starts anew."""
    hours = reference.clinic.location(lead.location).hours
    facts = {
        "form_type": lead.form_type,
        "location": lead.location,
        "temperature": leads.temperature(session, lead.id),
    }
    for target in sla.last_targets(session, lead.id):
        policy = sla_rules.choose(reference.policies, target, facts)
        due_at = sla_rules.due_at(policy, hours, now)
        sla.start(session, lead.id, policy, started_at=now, due_at=due_at, now=now)


def _by_now(session: Session, lead_id: str, now: datetime) -> str:
    lead = leads.get(session, lead_id)
    did = lead_work.last_event(session, lead_id, DECIDED)
    if did is None or did.staff_id is None:
        return f"This lead is {lead.state} by now. Your click changed nothing."
    return f"{names.name(session, did.staff_id).split()[0]} {_did(did.kind)} this lead {ago(now - did.at)} before you."


def _did(kind: str) -> str:
    return {"attended": "marked a visit of", "treated": "marked a treatment of"}.get(kind, kind)


def _note(
    session: Session,
    actor: Actor,
    lead_id: str,
    kind: str,
    now: datetime,
    data: dict[str, object] | None = None,
) -> None:
    leads.note_event(session, lead_id, kind, "staff", now=now, staff_id=actor.staff_id, data=data)
