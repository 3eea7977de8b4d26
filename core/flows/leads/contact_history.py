"""A call or a visit was taken back: what is left of contact, read anew from the history.

Reading anew rather than subtracting: a colleague may have called, a patient answered in between, and both count.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import store as visits
from core.compliance import store as compliance
from core.domain.hours import WeeklyHours
from core.domain.roles import Actor
from core.flows.clocks import breaching
from core.flows.escalation import levels
from core.flows.leads import tasks
from core.leads import history_rules
from core.leads.history_rules import Touch
from core.leads.store import calls as lead_calls
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand, conversation
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sequences import store as sequences
from core.sla import store as sla
from core.sla.rules import ENDS, MACHINE, QUALIFICATION
from core.sla.store import LIVE, Clock

AT_ONCE = timedelta(minutes=1)  # a mark that is taken back this soon stopped no sequence either


def tell_again(
    session: Session, reference: Reference, lead: LeadBrief, since: datetime, *, now: datetime
) -> None:
    """The lead's marks, its clocks that ended at `since` or later, its patient's status, from what still counts."""
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    touches = _touches(session, lead)
    _marks(session, lead, touches, now)
    hours = reference.clinic.location(lead.location).hours
    _clocks(session, hours, lead, touches, since, now)
    levels.begin_again(session, reference, lead.id, now)
    patients.lower_status(
        session,
        lead.patient_id,
        history_rules.status(leads.stages_of_patient(session, lead.patient_id)),
        now,
    )
    patients.touch(session, lead.patient_id, now, last_contact_at=_last(session, lead, touches))


def _touches(session: Session, lead: LeadBrief) -> list[Touch]:
    """Everything that a person did for this lead and that still counts, oldest first."""
    calls = (
        history_rules.call_touch(call.at, call.outcome, call.staff_id)
        for call in lead_calls.of_lead(session, lead.id)
    )
    found = [touch for touch in calls if touch]
    found += history_rules.text_touches(conversation.by_staff(session, lead.id), lead.responded_at)
    found += [Touch(visit.created_at, "booking", visit.made_by) for visit in visits.of_lead(session, lead.id)]
    return sorted(found, key=lambda touch: touch.at)


def _marks(session: Session, lead: LeadBrief, touches: list[Touch], now: datetime) -> None:
    marks = history_rules.marks(touches)
    for step, was, is_now in (
        ("attempted", lead.attempted_at, marks.attempted_at),
        ("contacted", lead.contacted_at, marks.contacted_at),
    ):
        if was == is_now:
            continue
        leads.change(session, lead.id, now, **{f"{step}_at": is_now})
        analytics.withdraw(session, lead.id, step)
        if is_now:
            analytics.record(session, step, patient_id=lead.patient_id, lead_id=lead.id, now=is_now)


def _clocks(
    session: Session,
    hours: WeeklyHours,
    lead: LeadBrief,
    touches: list[Touch],
    since: datetime,
    now: datetime,
) -> None:
    qualified = "qualified_at" in leads.stages_of(session, lead.id)
    for clock in sla.of_lead(session, lead.id):
        if clock.target in MACHINE or (clock.target == QUALIFICATION and qualified):
            continue  # no touch ended it, and none that is taken back sets it off again
        ended = clock.state in ("met", "missed")
        if not (clock.state in LIVE or (ended and clock.ended_at and clock.ended_at >= since)):
            continue
        touch = next((one for one in touches if one.at >= clock.started_at and _ends(one, clock)), None)
        if touch and touch.at != clock.ended_at:
            over = sla.end(session, clock, by=touch.staff_id, at=touch.at)
            breaching.note_late(session, lead.id, [over], now)
        elif touch is None and ended:
            _run_again(session, hours, lead, clock, now)


def ask_anew(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> None:
    """A lead is not qualified after all: while it is open, that clock runs as if nothing had happened."""
    hours = reference.clinic.location(lead.location).hours
    for clock in sla.of_lead(session, lead.id):
        if clock.target == QUALIFICATION and clock.state in ("met", "missed") and lead.state == "open":
            _run_again(session, hours, lead, clock, now)


def _ends(touch: Touch, clock: Clock) -> bool:
    return clock.target in ENDS[touch.kind]


def _run_again(session: Session, hours: WeeklyHours, lead: LeadBrief, clock: Clock, now: datetime) -> None:
    """It runs as if nothing had happened; a newer one that was started because it had ended is not needed."""
    for newer in sla.of_lead(session, lead.id):
        if newer.target == clock.target and newer.id != clock.id and newer.state in LIVE:
            sla.void_one(session, newer.id, now)
    standing_still = bool(lead.snoozed_until or clock.paused_at)
    state = "void" if lead.state != "open" else "paused" if standing_still else "running"
    sla.revive(session, clock, state, now=now)
    if state == "paused" and not lead.snoozed_until:
        sla.resume(session, lead.id, hours, now)


def _last(session: Session, lead: LeadBrief, touches: list[Touch]) -> datetime | None:
    """The last contact with the patient, of this lead and their others."""
    others = leads.of_patient(session, lead.patient_id)
    moments = [touch.at for touch in touches]
    for other in others:
        if other.id != lead.id:
            moments += [touch.at for touch in _touches(session, other)]
    return max(moments, default=None)


def go_on(
    session: Session, actor: Actor, lead_id: str, since: datetime, *, overdue: bool, now: datetime
) -> None:
    """Steps and calls of a lead are to be done again, unless somebody did them, or ended them, in between."""
    lead, by = leads.get(session, lead_id), actor.staff_id
    let_sequence_go_on(session, lead, since, overdue=overdue, by=by, now=now)
    if lead.state == "open" and not touched_since(session, lead, since):
        tasks.revive(session, lead.id, since, by=by, now=now)


def let_sequence_go_on(
    session: Session, lead: LeadBrief, since: datetime, *, overdue: bool, by: str, now: datetime
) -> int:
    """Steps that only the cause of that moment had stopped are planned again, of this lead and of the patient's other
    requests; how many.

    A STOP, an answer, a booking or a newer form in between had stopped them too: then they stay as they are.
    """
    theirs = {lead.id, *(other.id for other in leads.of_patient(session, lead.patient_id))}
    going_on = {lead_id: sequences.go_on(session, lead_id, since) for lead_id in sorted(theirs)}
    going_on[lead.id] += sequences.active_ids(session, lead.id)
    return sum(
        by_hand.restore_steps(
            session,
            enrollments,
            since,
            texts=not closed_to_texts(session, lead_id),
            overdue=overdue,
            by=by,
            now=now,
        )
        for lead_id, enrollments in going_on.items()
        if enrollments
    )


def touched_since(session: Session, lead: LeadBrief, since: datetime) -> bool:
    """Whether a person has called, written or spoken after that moment."""
    return any(touch.at > since for touch in _touches(session, lead))


def closed_to_texts(session: Session, lead_id: str) -> bool:
    """Whether a bar stands against every text to this lead."""
    lead = leads.get(session, lead_id)
    if lead.call_only or not lead.phone_index:
        return True
    standing = compliance.standing(session, lead.phone_index)
    return bool(standing.opted_out_at or standing.unreachable_at)


def never_booked(
    session: Session, reference: Reference, lead: LeadBrief, since: datetime, *, by: str, now: datetime
) -> None:
    """There was no such visit as was marked at `since`: the lead is open, its clocks run on; where that was just now,
    its sequence and calls go on too."""
    if lead.state == "booked":
        leads.change(session, lead.id, now, state="open")
    opened = leads.get(session, lead.id)
    tell_again(session, reference, opened, since, now=now)
    if now - since <= AT_ONCE:
        let_sequence_go_on(session, opened, since, overdue=True, by=by, now=now)
        if not touched_since(session, opened, since):
            tasks.revive(session, lead.id, since, by=by, now=now)
