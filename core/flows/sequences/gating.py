"""A gate of a sequence: who does not meet its condition leaves, and who meets that of an exit."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import plans
from core.flows.sequences.enrolling import Cause, enroll
from core.flows.sequences.entering import entrant_of
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, State
from core.messaging.rules.conditions import unmet
from core.messaging.store import planning as messaging
from core.sequences import store as sequences
from core.sequences.rules.definition import Step, StepKind
from core.sequences.store import ACTIVE, Enrollment

LEFT = "left_at_gate"
GONE = "replaced"  # at a gate of what goes on no more


def unmet_by(lead: LeadBrief, conditions: tuple[str, ...]) -> str | None:
    """The first condition that a lead does not meet, as the reason why not."""
    return unmet(
        conditions,
        attempted=lead.attempted_at,
        contacted=lead.contacted_at,
        replied=lead.responded_at,
        booked=lead.booked_at,
    )


def leaves(lead: LeadBrief, gate: Step) -> bool:
    """Whether a lead goes no further: it fails the condition, or meets that of an exit."""
    why_not = unmet_by(lead, gate.conditions)
    return bool(why_not) if gate.kind is StepKind.CONDITION else not why_not


def pass_through(session: Session, action: Claimed, now: datetime) -> tuple[State, str]:
    """Who stays and who leaves; what became of the gate."""
    enrollment = sequences.get(session, action.enrollment_id or "")
    lead = leads.find(session, action.lead_id or "")
    plan = plans.pinned(session, enrollment.sequence, enrollment.version) if enrollment else None
    step = plan.step(action.step or "") if plan else None
    if enrollment is None or lead is None or step is None or enrollment.state != ACTIVE:
        return State.DROPPED, GONE
    if not leaves(lead, step):
        return State.SENT, "due"
    _leave(session, lead, enrollment, step.then, now)
    return State.SENT, LEFT


def _leave(session: Session, lead: LeadBrief, enrollment: Enrollment, then: str, now: datetime) -> None:
    messaging.cancel_steps(session, lead.id, [enrollment.id], LEFT, by=None, now=now)
    sequences.finish(session, enrollment.id, LEFT, now)
    following = plans.published(session).get(then) if then else None
    if following:
        cause = Cause(f"{enrollment.id}:x", {following.starts_on: now}, enrollment.visit_id)
        enroll(session, following, entrant_of(lead), cause, now=now)
