"""Somebody enters a sequence: every step becomes a row with a due time, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from core.flows.experiments import timing, trying
from core.messaging.actions import Lane, NewAction, Purpose, State
from core.messaging.store import dispatch
from core.messaging.store import planning as messaging
from core.sequences import store as sequences
from core.sequences.rules.definition import EACH, GATES, Anchor, Step, StepKind
from core.sequences.rules.definition import Sequence as Plan

PASSED = "moment_passed"
GATE = "gate"
KINDS = {StepKind.TEXT: "text", StepKind.EMAIL: "email", StepKind.CALL_TASK: "call_task"}


@dataclass(frozen=True)
class Entrant:
    """Who enters. `texts`: False for call only, whose other steps are planned all the same."""

    lead_id: str
    patient_id: str
    phone: str
    texts: bool = True


@dataclass(frozen=True)
class Cause:
    """Why somebody enters. `occurrence` names it for good (the lead, the visit, the call): it never enters anybody
    twice. `owed_since`: when the patient sent the form; a confirmation that arrives long after it is no answer at
    once, and keeps texting hours like any other text."""

    occurrence: str
    anchors: Mapping[Anchor, datetime]
    visit_id: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    owed_since: datetime | None = None


def enroll(session: Session, plan: Plan, entrant: Entrant, cause: Cause, *, now: datetime) -> str | None:
    """Plan every step; the enrollment's id. None where this cause has entered before, or the re-entry rule forbids it.

    A step whose moment has passed already is dropped, not sent at once.
    """
    if plan.reentry.rule != EACH:
        entered_at = sequences.last_entered(session, entrant.patient_id, plan.key)
        if not plan.reentry.allows(entered_at, now):
            return None
    plan, variants = timing.entering(session, plan, entrant.patient_id, now)
    enrollment_id = sequences.enroll(
        session,
        plan,
        lead_id=entrant.lead_id,
        patient_id=entrant.patient_id,
        occurrence=cause.occurrence,
        visit_id=cause.visit_id,
        anchors=cause.anchors,
        ends_at=ends_at(plan, cause.anchors, now),
        now=now,
    )
    if enrollment_id:
        steps = [step for step in plan.planned() if entrant.texts or step.kind is not StepKind.TEXT]
        plan_steps(session, plan, steps, enrollment_id, entrant, cause, now=now)
        names = {step.name for step in steps}
        trying.keep(session, [one for one in variants if one.experiment.fixed.place[1] in names], now)
    return enrollment_id


def ends_at(plan: Plan, anchors: Mapping[Anchor, datetime], now: datetime) -> datetime:
    """When nothing of it is of use any more."""
    ends = [
        due + step.useful for step in plan.planned() if (due := step.due(anchors)) and step.kind not in GATES
    ]
    return max([now, *ends])


def plan_steps(
    session: Session,
    plan: Plan,
    steps: Sequence[Step],
    enrollment_id: str,
    entrant: Entrant,
    cause: Cause,
    *,
    move: int = 0,
    now: datetime,
) -> None:
    """A row for each of these steps whose moment is known. `move`: how often the visit was moved before."""
    actions = [
        action_of(plan, step, due, enrollment_id, entrant, cause, move)
        for step in steps
        if (due := step.due(cause.anchors))
    ]
    ids = messaging.plan_all(session, actions, now)
    drop_passed(session, [ids[action.key] for action in actions if action.due_at < now], now)


def drop_passed(session: Session, action_ids: Sequence[str], now: datetime) -> None:
    """What should have gone before now says so, and never goes."""
    dispatch.end(session, [(id_, State.DROPPED, PASSED) for id_ in action_ids], now)
    messaging.record_moves(session, [(id_, State.DROPPED, PASSED, {}) for id_ in action_ids], now=now)


def action_of(
    plan: Plan,
    step: Step,
    due_at: datetime,
    enrollment_id: str,
    entrant: Entrant,
    cause: Cause,
    move: int = 0,
) -> NewAction:
    """The row of one step. Pure."""
    answers = step.purpose == Purpose.CONFIRMATION
    to_patient = step.kind in (StepKind.TEXT, StepKind.EMAIL)
    return NewAction(
        key=f"step:{enrollment_id}:{step.name}" + (f":{move}" if move else ""),
        kind=KINDS.get(step.kind, GATE),
        due_at=due_at,
        purpose=Purpose(step.purpose),
        lane=Lane.URGENT if step.kind in GATES else Lane[step.lane.upper()],
        audience="patient" if to_patient else "staff",
        useful_until=None if step.kind in GATES else due_at + step.useful,
        lead_id=entrant.lead_id,
        patient_id=entrant.patient_id,
        enrollment_id=enrollment_id,
        sequence=plan.key,
        step=step.name,
        window=step.window or None,
        conditions=step.conditions,
        template=step.template if to_patient else None,
        variables=cause.variables
        if answers
        else {}
        if to_patient
        else {"taskTitle": step.title, "to": step.to},
        planned_for=cause.owed_since if answers else None,
        phone=entrant.phone if step.kind is StepKind.TEXT else None,
    )


def promise(staff_name: str | None, due_at: datetime) -> dict[str, str]:
    """Who calls and until when. What the text says of it is decided as it leaves (`promising.call_by`)."""
    return {"staffName": staff_name.split()[0] if staff_name else "", "callDue": due_at.isoformat()}
