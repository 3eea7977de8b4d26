"""Calls: logged with what came of them, taken back within ten seconds, corrected within a day.

A call that reached nobody is an attempt: the first-contact clock ends, the sequence and the clock of the first
conversation go on, and the next try is planned. Only talking is a conversation. A wrong number: `wrong_numbers`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace
from core.domain.phone import show_phone
from core.domain.roles import Actor, Permission, require
from core.flows.conversation import danger
from core.flows.leads import contact, contact_history, tasks, wrong_numbers
from core.flows.leads.staff_action import checked_note, open_for_work
from core.leads import call_rules
from core.leads.reasons import CALL_OUTCOMES
from core.leads.store import calls as lead_calls
from core.leads.store import leads
from core.leads.store.calls import Call
from core.leads.store.leads import LeadBrief
from core.messaging.store import conversation
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.staff.store import people as names

UNDO = timedelta(seconds=10)
ON_THE_WAY = timedelta(seconds=5)  # a click in the tenth second arrives a little later


@dataclass(frozen=True)
class Logged:
    """A call that was logged or corrected. `tries`: calls in a row that reached nobody; `next_at`: when to call again.

    Where `tries` is over 0 and `next_at` is None, the plan is over and a person decides.
    """

    call_id: str
    tries: int = 0
    next_at: datetime | None = None


def log(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    outcome: str,
    note: str = "",
    *,
    now: datetime,
    confirmed: bool = False,
) -> Logged:
    """A call was made. `outcome`: talked, voicemail, no_answer, wrong_number.

    Raises InvalidInput(outcome, note), and InvalidInput(confirmed) for a wrong number that nobody confirmed.
    """
    lead = open_for_work(session, actor, lead_id)
    _must_be_outcome(lead, outcome, confirmed=confirmed)
    words = checked_note(note)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    data = {"outcome": outcome}
    call_id = leads.note_event(
        session, lead.id, "called", "staff", now=now, staff_id=actor.staff_id, data=data, note=words or None
    )
    leads.show_last_event(session, lead.id, "called", "staff", words or CALL_OUTCOMES[outcome], now)
    call = lead_calls.add(session, call_id, lead.id, actor.staff_id, outcome, now)
    return _apply(session, reference, actor, call, now)


def _must_be_outcome(lead: LeadBrief, outcome: str, *, confirmed: bool) -> None:
    if outcome not in CALL_OUTCOMES:
        raise InvalidInput.of("outcome", f"Choose one of: {', '.join(CALL_OUTCOMES.values())}.")
    if outcome == "wrong_number" and not confirmed:
        number = show_phone(lead.phone or "") or "this"
        raise InvalidInput.of("confirmed", f"Confirm that {number} is a wrong number: no text will go there.")


def _apply(session: Session, reference: Reference, actor: Actor, call: Call, now: datetime) -> Logged:
    """What follows from the outcome, from `now` on; marks and clocks count from when the call was made."""
    lead = leads.get(session, call.lead_id)
    if call.outcome == "wrong_number":
        wrong_numbers.bar(session, actor, lead, call, now)
        return Logged(call.id)
    tasks.end_calls(session, lead.id, by=actor.staff_id, now=now, due_by=now + tasks.EARLY)
    if call.outcome == "talked":
        contact.has_read(session, lead.id, now)
        contact.talked(session, lead, staff_id=call.staff_id, channel="call", now=now)
        # Nobody waits for the patient any more.
        sla.resume(session, lead.id, reference.clinic.location(lead.location).hours, now, sla_rules.PATIENT)
        return Logged(call.id)
    contact.await_conversation(session, reference, lead, now)
    contact.attempted(session, lead, staff_id=call.staff_id, channel="call", now=now)
    return _plan_next(session, reference, actor, lead, call, now)


def _plan_next(
    session: Session, reference: Reference, actor: Actor, lead: LeadBrief, call: Call, now: datetime
) -> Logged:
    """The next try of the plan, in the place of one that was planned before; none for a lead that is not open."""
    wrote_at = conversation.last_from_patient(session, lead.id)
    tries = call_rules.unanswered(lead_calls.of_lead(session, lead.id), wrote_at)
    hours = reference.clinic.location(lead.location).hours
    next_at = call_rules.next_try(reference.call_plan, len(tries), hours, max(tries, default=call.at))
    tasks.end_calls(session, lead.id, ("next_call",), by=actor.staff_id, now=now)
    planned: list[str] = []
    if lead.state != "open":
        next_at = None
    if next_at:
        next_at = max(next_at, now)
        planned.append(tasks.plan(session, lead, "next_call", next_at, by=actor.staff_id, now=now))
    clocks = _still_waiting(session, reference, lead, wrote_at, now)
    lead_calls.keep_effects(session, call.id, {"tasks": planned, "clocks": clocks})
    return Logged(call.id, len(tries), next_at)


def _still_waiting(
    session: Session, reference: Reference, lead: LeadBrief, wrote_at: datetime | None, now: datetime
) -> list[str]:
    """A missed call answers nothing: what the patient wrote while another clock ran gets its own clock now."""
    texts = conversation.by_staff(session, lead.id)
    if (
        wrote_at is None
        or lead.call_only
        or (texts and texts[-1][0] > wrote_at)
        or sla.live_due(session, lead.id)
    ):
        return []
    facts = {"location": lead.location, "form_type": lead.form_type}
    policy = sla_rules.choose(reference.policies, sla_rules.NEXT_REPLY, facts)
    due_at = sla_rules.due_at(policy, reference.clinic.location(lead.location).hours, wrote_at)
    return [sla.start(session, lead.id, policy, started_at=wrote_at, due_at=due_at, now=now)]


def undo(session: Session, reference: Reference, actor: Actor, call_id: str, *, now: datetime) -> None:
    """Take a call back that was logged a moment ago, with all that it changed.

    Raises NotFound, InvalidInput(call) after ten seconds, LostRace where somebody undid or corrected it meanwhile.
    """
    require(actor, Permission.WORK_LEADS)
    call = lead_calls.get(session, call_id)
    lead = open_for_work(session, actor, call.lead_id)
    if now - call.at > UNDO + ON_THE_WAY:
        raise InvalidInput.of(
            "call", "A call can be taken back for 10 seconds. Correct it instead: for a day."
        )
    if not lead_calls.undo(session, call, now):
        raise LostRace("This call was taken back or corrected meanwhile.")
    _take_back(session, reference, actor, lead, call, overdue=True, now=now)
    _note(session, actor, lead.id, "call_undone", {"call": call.id, "outcome": call.outcome}, now)


def correct(
    session: Session,
    reference: Reference,
    actor: Actor,
    call_id: str,
    outcome: str,
    *,
    now: datetime,
    confirmed: bool = False,
) -> Logged:
    """Another outcome for a call of the last 24 hours; who changed it and what it was is kept in the timeline.

    Raises NotFound, InvalidInput(outcome, confirmed, call) and LostRace.
    """
    require(actor, Permission.WORK_LEADS)
    call = lead_calls.get(session, call_id)
    lead = open_for_work(session, actor, call.lead_id)
    _must_be_outcome(lead, outcome, confirmed=confirmed)
    if outcome == call.outcome:
        raise InvalidInput.of("outcome", f"It is logged as '{CALL_OUTCOMES[outcome].lower()}' already.")
    if now - call.at > call_rules.CORRECTABLE:
        who = names.name(session, call.staff_id).split()[0]
        raise InvalidInput.of(
            "call", f"{who} logged this call more than a day ago; it stays as it is. Add a note instead."
        )
    if not lead_calls.correct(session, call, outcome, by=actor.staff_id, now=now):
        raise LostRace("This call was taken back or corrected meanwhile.")
    _take_back(session, reference, actor, lead, call, overdue=False, now=now)
    logged = _apply(session, reference, actor, lead_calls.get(session, call_id), now)
    contact_history.tell_again(session, reference, leads.get(session, lead.id), call.at, now=now)
    _note(
        session,
        actor,
        lead.id,
        "call_corrected",
        {"call": call.id, "was": call.outcome, "outcome": outcome},
        now,
    )
    return logged


def _take_back(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead: LeadBrief,
    call: Call,
    *,
    overdue: bool,
    now: datetime,
) -> None:
    """Undo what the outcome changed, except what something else has decided since."""
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    for clock_id in call.effects.get("clocks", ()):
        sla.void_one(session, clock_id, now)
    if call.effects.get("number"):
        wrong_numbers.open_again(session, actor, call, overdue=overdue, now=now)
    contact_history.tell_again(session, reference, lead, min(call.at, call.applied_at), now=now)
    contact_history.go_on(session, actor, lead.id, call.applied_at, overdue=overdue, now=now)
    tasks.withdraw(session, call.effects.get("tasks", ()), by=actor.staff_id, now=now)
    danger.raise_again(session, lead.id, call.applied_at, now)


def _note(
    session: Session, actor: Actor, lead_id: str, kind: str, data: dict[str, object], now: datetime
) -> None:
    leads.note_event(session, lead_id, kind, "staff", now=now, staff_id=actor.staff_id, data=data)
    leads.show_last_event(session, lead_id, kind, "staff", None, now)
