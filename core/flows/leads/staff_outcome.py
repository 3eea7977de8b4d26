"""Staff decide where a lead goes: later, nowhere, or on towards a treatment. Each decision can be taken back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.leads import contact
from core.flows.leads.staff_action import ago, open_for_work
from core.leads import store as leads
from core.leads import store_work
from core.leads.reasons import DISQUALIFIED, STAGES
from core.leads.store import LeadBrief
from core.messaging.store import by_hand
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sequences import store as sequences
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.staff.store import people as names

LONGEST_SNOOZE = timedelta(days=90)
AT_ONCE = timedelta(
    minutes=1
)  # a reopening this soon is an undo: everything goes on as if nothing had happened
MOST_CENTS = 10_000_000
DECIDED = ("booked", "disqualified", "attended", "treated", "reopened")
PATIENT_STATUS = {
    "qualified": "qualified",
    "booked": "converted",
    "attended": "converted",
    "treated": "converted",
}


def snooze(session: Session, actor: Actor, lead_id: str, until: datetime, *, now: datetime) -> None:
    """Put an open lead aside until a moment; its clocks stand still. Raises InvalidInput(until)."""
    open_for_work(session, actor, lead_id)
    if not now < until <= now + LONGEST_SNOOZE:
        raise InvalidInput.of("until", "Choose a moment within the next 90 days.")
    if not store_work.snooze(session, lead_id, until, now):
        raise LostRace(_by_now(session, lead_id, now))
    sla.pause(session, lead_id, now)
    _note(session, actor, lead_id, "snoozed", now, {"until": until.isoformat()})


def unsnooze(session: Session, reference: Reference, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """Bring a snoozed lead back; its clocks go on where they stood. Raises LostRace when it is back already."""
    lead = open_for_work(session, actor, lead_id)
    if not store_work.wake(session, lead_id, now):
        raise LostRace("This lead is back already.")
    sla.resume(session, lead_id, reference.clinic.location(lead.location).hours, now)
    _note(session, actor, lead_id, "unsnoozed", now)


def disqualify(session: Session, actor: Actor, lead_id: str, reason: str, *, now: datetime) -> None:
    """The lead leads nowhere: automation stops, clocks count for nothing. Raises InvalidInput(reason)."""
    lead = open_for_work(session, actor, lead_id)
    if reason not in DISQUALIFIED:
        raise InvalidInput.of("reason", "Choose a reason: it shows later what could be done better.")
    if not store_work.change_state(
        session, lead_id, "open", now, state="disqualified", disqualified_reason=reason
    ):
        raise LostRace(_by_now(session, lead_id, now))
    contact.stop_sequence(session, lead_id, "disqualified", by=actor.staff_id, now=now)
    sla.void(session, lead_id, now)
    leads.finish_tasks(session, lead_id, by=None, now=now)
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
    if lead.state not in ("disqualified", "closed"):
        raise LostRace(_by_now(session, lead_id, now))
    stopped = store_work.last_event(session, lead_id, ("disqualified",))
    store_work.change_state(session, lead_id, lead.state, now, state="open", disqualified_reason=None)
    status = "contacted" if lead.contacted_at else "new"
    patients.touch(session, lead.patient_id, now, status=status)
    if stopped and now - stopped.at <= AT_ONCE:
        sla.revive(session, lead_id, stopped.at)
        sequences.go_on(session, lead_id, stopped.at)
        store_work.reopen_tasks_of(session, lead_id, stopped.at)
        by_hand.restore_stopped(session, lead_id, "disqualified", stopped.at, by=actor.staff_id, now=now)
    else:
        _new_clock(session, reference, lead, now)
    _note(session, actor, lead_id, "reopened", now)
    leads.show_last_event(session, lead_id, "reopened", "staff", None, now)


def _new_clock(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> None:
    target = sla.last_target(session, lead.id)
    if target is None:
        return
    policy = sla_rules.choose(
        reference.policies, target, {"form_type": lead.form_type, "location": lead.location}
    )
    due_at = sla_rules.due_at(policy, reference.clinic.location(lead.location).hours, now)
    sla.start(session, lead.id, policy, started_at=now, due_at=due_at, now=now)


def mark_stage(
    session: Session, actor: Actor, lead_id: str, stage: str, value_cents: int = 0, *, now: datetime
) -> None:
    """The patient came one stage further: qualified, booked, attended or treated.

    A booking or a visit is a contact in person: clocks end, the sequence stops. Raises InvalidInput(stage, value)
    and LostRace when a colleague marked it already.
    """
    lead = open_for_work(session, actor, lead_id)
    if stage not in STAGES:
        raise InvalidInput.of("stage", f"Choose one of: {', '.join(STAGES)}.")
    if not 0 <= value_cents <= MOST_CENTS:
        raise InvalidInput.of("value", f"Enter an amount from $0 to ${MOST_CENTS // 100:,}.")
    if lead.state == "disqualified":
        raise InvalidInput.of("stage", "This lead is disqualified. Reopen it first.")
    if not leads.first_time(session, lead_id, STAGES[stage], now):
        raise LostRace(_marked_by(session, lead_id, stage, now))
    if stage != "qualified":
        _come_in(session, actor, lead, now)
    if value_cents:
        leads.change(session, lead_id, now, value_cents=value_cents)
    patients.raise_status(session, lead.patient_id, PATIENT_STATUS[stage], now)
    analytics.record(
        session, stage, patient_id=lead.patient_id, lead_id=lead_id, now=now, value_cents=value_cents
    )
    _note(session, actor, lead_id, stage, now, {"value_cents": value_cents} if value_cents else None)
    leads.show_last_event(session, lead_id, stage, "staff", None, now)


def _come_in(session: Session, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    contact.stop_sequence(session, lead.id, "booked", by=actor.staff_id, now=now)
    contact.made(session, lead, staff_id=actor.staff_id, channel="in_person", now=now)
    leads.change(session, lead.id, now, state="booked", snoozed_until=None)


def unmark_stage(session: Session, actor: Actor, lead_id: str, stage: str, *, now: datetime) -> None:
    """Take a stage back that was marked by mistake. Contact and the stopped sequence stay as they are."""
    open_for_work(session, actor, lead_id)
    if stage not in STAGES:
        raise InvalidInput.of("stage", f"Choose one of: {', '.join(STAGES)}.")
    values = {"state": "open"} if stage == "booked" else {}
    if not store_work.clear_stage(session, lead_id, STAGES[stage], now, **values):
        raise LostRace(f"This lead is not marked {stage} any more.")
    analytics.withdraw(session, lead_id, stage)
    _note(session, actor, lead_id, "unmarked", now, {"stage": stage})
    leads.show_last_event(session, lead_id, "unmarked", "staff", None, now)


def _marked_by(session: Session, lead_id: str, stage: str, now: datetime) -> str:
    did = store_work.last_event(session, lead_id, (stage,))
    if did is None:
        return f"This lead is marked {stage} already."
    return f"{names.name(session, did.staff_id).split()[0]} marked it {stage} {ago(now - did.at)} before you."


def _by_now(session: Session, lead_id: str, now: datetime) -> str:
    lead = leads.get(session, lead_id)
    did = store_work.last_event(session, lead_id, DECIDED)
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
