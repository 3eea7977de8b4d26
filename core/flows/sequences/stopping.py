"""A sequence ends for somebody, in the transaction of its cause. Each sequence says which causes end it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand
from core.messaging.store import planning as messaging
from core.sequences import store as sequences

# The word that a stopped step shows, and the rule of a sequence that it falls under; '' ends every sequence.
CAUSES = {
    "contacted": "contact",
    "replied": "reply",
    "booked": "booking",
    "cancelled": "cancelled",
    "checked_out": "checkout",
    "opted_out": "opt_out",
    "disqualified": "disqualified",
    "replaced": "new_form",
    "needs_a_person": "reaction",
    "unreachable": "",
    "erased": "",
    "ended_by_staff": "",
}
ENDED = "ended_by_staff"


def stop_sequences(
    session: Session, lead_id: str, reason: str, *, by: str | None, now: datetime, by_kind: str = "staff"
) -> int:
    """Stop those of a lead's sequences that this ends, for good; how many steps were cancelled. `reason`: of CAUSES."""
    return stop(
        session,
        lead_id,
        sequences.stopped_by(session, lead_id, CAUSES[reason]),
        reason,
        by=by,
        now=now,
        by_kind=by_kind,
    )


def stop_for_patient(
    session: Session, lead: LeadBrief, reason: str, *, by: str | None, now: datetime
) -> None:
    """The same for every request of a patient: who has spoken with us or booked has done so whichever of them staff
    had on the screen."""
    for lead_id in sorted({lead.id, *_others(session, lead.patient_id, lead.id)}):
        stop_sequences(session, lead_id, reason, by=by, now=now)


def stop(
    session: Session,
    lead_id: str,
    enrollment_ids: Collection[str],
    reason: str,
    *,
    by: str | None,
    now: datetime,
    by_kind: str = "staff",
) -> int:
    """Stop these enrollments of a lead; how many steps were cancelled."""
    cancelled = messaging.cancel_steps(session, lead_id, enrollment_ids, reason, by=by, now=now)
    stopped = sequences.stop(session, enrollment_ids, reason, now, by)
    if cancelled or stopped:
        if not sequences.steps_aside(session, lead_id):
            lead_work.end_pause(session, lead_id, now)
        data = {"reason": reason, "cancelled": cancelled}
        leads.note_event(session, lead_id, "sequence_stopped", by_kind, now=now, staff_id=by, data=data)
    return cancelled


def replace_earlier(session: Session, patient_id: str, lead_id: str, now: datetime) -> None:
    """A new form takes the place of an earlier one's sequence: nobody is followed up twice at the same time."""
    for earlier in sorted(_others(session, patient_id, lead_id)):
        stop_sequences(session, earlier, "replaced", by=None, now=now, by_kind="automatic")


def _others(session: Session, patient_id: str, lead_id: str) -> set[str]:
    """The patient's other open leads, and those that are over but have something under way: somebody who was treated
    may have been asked to come back."""
    under_way = sequences.leads_under_way(session, patient_id)
    return {*leads.others_of_patient(session, patient_id, lead_id), *under_way} - {lead_id}


def cancel_texts(session: Session, lead_id: str, reason: str, now: datetime) -> int:
    """Only the texts of those that this would end: their call tasks stay; how many."""
    theirs = sequences.stopped_by(session, lead_id, CAUSES[reason])
    return messaging.cancel_steps(session, lead_id, theirs, reason, by=None, now=now, keep_tasks=True)


def stop_visit(session: Session, visit_id: str, reason: str, *, by: str | None, now: datetime) -> int:
    """Nothing goes out any more for a visit that no longer is, or is over; how many steps were cancelled."""
    cancelled = 0
    for lead_id, ids in _by_lead(session, visit_id).items():
        cancelled += stop(session, lead_id, ids, reason, by=by, now=now)
    return cancelled


def revive_visit(session: Session, visit_id: str, since: datetime, *, by: str, now: datetime) -> int:
    """The visit stands after all: steps that its end at that very moment had stopped, and that are still to come, are
    planned again; how many."""
    revived = 0
    for lead_id in _by_lead(session, visit_id):
        resumed = sequences.go_on(session, lead_id, since)
        revived += by_hand.restore_steps(session, resumed, since, texts=True, overdue=False, by=by, now=now)
    return revived


def _by_lead(session: Session, visit_id: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for enrollment in sequences.of_visit(session, visit_id):
        found.setdefault(enrollment.lead_id, []).append(enrollment.id)
    return found
