"""Nobody has called or texted a new lead: level by level more people are told, and at last the patient.

Each level is an action with a due time in the location's opening hours, planned in the transaction that made the lead,
cancelled in the transaction of whatever ends it: somebody reached out, the lead was closed, put aside, booked. What a
level does is read when it is carried out, from the levels in use then.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from core.domain.ids import reference as lead_reference
from core.flows.sending import gathering
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planned
from core.messaging.store import planning as messaging
from core.reference import Reference
from core.sla.rules import due_after

KIND = "escalation"
APOLOGY = "apology"


class Waiting(Protocol):
    """A lead that waits for a first contact, as new as it may be."""

    @property
    def id(self) -> str: ...

    @property
    def patient_id(self) -> str: ...

    @property
    def location(self) -> str: ...


def begin(
    session: Session,
    reference: Reference,
    lead: Waiting,
    *,
    priority: int,
    round_: int = 1,
    apologise: bool = True,
    now: datetime,
) -> int:
    """Plan the levels of a lead from now on; how many. `apologise` False: its patient gets no automatic text."""
    hours = reference.clinic.location(lead.location).hours
    actions = [
        NewAction(
            key=f"{KIND}:{lead.id}:{round_}:{number}",
            kind=KIND,
            due_at=due,
            purpose=Purpose.STAFF_ALERT,
            lane=Lane.INSTANT,
            audience="staff",
            lead_id=lead.id,
            patient_id=lead.patient_id,
            variables={
                "level": str(number),
                "round": str(round_),
                "since": now.isoformat(),
                "apologise": "yes" if apologise else "",
            },
        )
        for number, level in reference.escalation.of(priority)
        if (due := due_after(hours, now, level.after))
    ]
    messaging.plan_all(session, actions, now)
    return len(actions)


def begin_again(session: Session, reference: Reference, lead_id: str, now: datetime) -> int:
    """The lead waits for a first contact anew (it was reopened, is back from being put aside, a call was taken back):
    another round of the levels, unless one is under way. The apology is the first round's alone."""
    lead = leads.get(session, lead_id)
    if lead.state != "open" or lead.attempted_at or lead.snoozed_until or _is_under_way(session, lead_id):
        return 0
    if lead.booked_at or not planned.rounds_of(session, lead_id, KIND):
        return 0
    round_ = planned.rounds_of(session, lead_id, KIND) + 1
    priority = leads.priority(session, lead_id)
    return begin(session, reference, lead, priority=priority, round_=round_, apologise=False, now=now)


def _is_under_way(session: Session, lead_id: str) -> bool:
    return planned.any_planned(session, lead_id, KIND)


def end(session: Session, lead: LeadBrief, reason: str, *, by: str | None, now: datetime) -> int:
    """No level of this lead comes any more, no apology and no alert that has not left; how many were stopped.

    For a person's first try to reach the patient also the apology of the patient's other requests goes.
    """
    stopped = messaging.cancel_of_lead(
        session, lead.id, kind=KIND, template=APOLOGY, reason=reason, by=by, now=now
    )
    gathering.withdraw(session, lead.id, lead_reference(lead.number), now)
    if reason == "contacted":
        for other in sorted(leads.others_of_patient(session, lead.patient_id, lead.id)):
            stopped += messaging.cancel_from_template(session, other, APOLOGY, reason, by=by, now=now)
    return stopped
