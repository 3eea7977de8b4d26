"""Put a lead under way in a sequence: every step becomes a row with a due time, at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.flows.leads.contact import stop_sequence
from core.leads.store import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.templates import Template
from core.sequences import store as sequences
from core.sequences.rules import Sequence, Step


def replace_earlier(session: Session, patient_id: str, lead_id: str, now: datetime) -> None:
    """A new form takes the place of an earlier one's sequence: nobody is followed up twice at the same time."""
    for earlier in leads.others_of_patient(session, patient_id, lead_id):
        stop_sequence(session, earlier, "replaced", by=None, now=now, by_kind="automatic")


def enroll(
    session: Session,
    sequence: Sequence,
    templates: Mapping[str, Template],
    *,
    lead_id: str,
    patient_id: str,
    phone: str,
    texts: bool,
    variables: Mapping[str, str],
    sent_at: datetime,
    now: datetime,
) -> str:
    """Plan every step, without its texts where `texts` is False (call only); the enrollment's id.

    `sent_at` is when the patient sent the form: a confirmation that arrives long after it is no answer at once,
    and keeps texting hours like any other text.
    """
    enrollment_id = sequences.enroll(
        session,
        lead_id=lead_id,
        patient_id=patient_id,
        sequence=sequence.key,
        version=sequence.version,
        now=now,
    )
    steps = [step for step in sequence.steps if texts or step.kind != "text"]
    messaging.plan_all(
        session,
        [
            _action(step, templates, enrollment_id, lead_id, patient_id, phone, variables, sent_at, now)
            for step in steps
        ],
        now,
    )
    return enrollment_id


def _action(
    step: Step,
    templates: Mapping[str, Template],
    enrollment_id: str,
    lead_id: str,
    patient_id: str,
    phone: str,
    variables: Mapping[str, str],
    sent_at: datetime,
    now: datetime,
) -> NewAction:
    is_text = step.kind == "text"
    due_at = step.due(now)
    return NewAction(
        key=f"step:{enrollment_id}:{step.name}",
        kind=step.kind,
        due_at=due_at,
        purpose=Purpose(step.purpose),
        lane=Lane[step.lane.upper()],
        audience="patient" if is_text else "staff",
        useful_until=due_at + step.useful,
        lead_id=lead_id,
        patient_id=patient_id,
        enrollment_id=enrollment_id,
        step=step.name,
        conditions=step.conditions,
        template=templates[step.template].key if is_text else None,
        variables=variables if step.purpose == "confirmation" else {"taskTitle": step.title},
        planned_for=sent_at if step.purpose == "confirmation" else None,
        phone=phone if is_text else None,
    )


def promise(staff_name: str | None, due_at: datetime) -> dict[str, str]:
    """Who calls and until when. What the text says of it is decided as it leaves (`promising.call_by`)."""
    return {"staffName": staff_name.split()[0] if staff_name else "our team", "callDue": due_at.isoformat()}
