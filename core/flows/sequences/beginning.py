"""Staff begin a sequence for one lead, and say that a patient called and nobody picked up."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import plans
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.leads.staff_action import open_for_work
from core.flows.sequences import entering
from core.flows.sequences.enrolling import Cause, enroll
from core.leads.store import leads
from core.patients.store import profiles as patients
from core.sequences import store as sequences
from core.sequences.rules.definition import ALSO_KNOWN, Anchor, Sequence

BY_THEMSELVES = frozenset({Anchor.SUBMISSION, *ALSO_KNOWN, Anchor.CHECKOUT})


def offered(session: Session, actor: Actor) -> list[Sequence]:
    """Those that a person may begin: the others need a form, a booking or a checkout. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    return _offered(session)


def _offered(session: Session) -> list[Sequence]:
    return [plan for plan in plans.published(session).values() if plan.starts_on not in BY_THEMSELVES]


def begin(session: Session, actor: Actor, lead_id: str, key: str, *, now: datetime) -> str:
    """The lead enters a sequence now, once a day at most; the enrollment's id.

    Raises InvalidInput(sequence) for one that nobody can begin or that may not be entered again yet, LostRace where
    a colleague began it today.
    """
    lead = open_for_work(session, actor, lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    plan = next((one for one in _offered(session) if one.key == key), None)
    if plan is None:
        raise InvalidInput.of("sequence", "Nobody begins this sequence by hand: choose another.")
    entered = sequences.last_entered(session, lead.patient_id, plan.key)
    if not plan.reentry.allows(entered, now):
        raise InvalidInput.of(
            "sequence", f"They were in '{plan.title}' before, and may not enter it again yet."
        )
    cause = Cause(f"{lead.id}:{now:%y%m%d}", {plan.starts_on: now})
    enrollment_id = enroll(session, plan, entering.entrant_of(lead), cause, now=now)
    if enrollment_id is None:
        raise LostRace(f"Somebody began '{plan.title}' for them today.")
    entering.note(session, lead.id, plan, by=actor.staff_id, now=now)
    return enrollment_id


def missed_call(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """They called and nobody picked up: the timeline says so, and the sequence for it begins."""
    lead = open_for_work(session, actor, lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    event_id = leads.note_event(session, lead.id, "missed_call", "staff", now=now, staff_id=actor.staff_id)
    leads.show_last_event(session, lead.id, "missed_call", "patient", None, now)
    entering.missed_call(session, lead, event_id, now=now)
