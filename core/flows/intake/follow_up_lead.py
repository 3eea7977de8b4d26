"""What follows from a new lead, still in the transaction that made it: owner, clock, alert, sequence, event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.flows.leads import assigning
from core.flows.sending import alerts, enrolling
from core.intake.submission import Submission
from core.leads.rules import Heat
from core.reference import Reference
from core.settings import Settings
from core.sla import rules as sla_rules
from core.sla import store as sla


@dataclass(frozen=True)
class NewLead:
    """A lead at its beginning. `number` is what its reference is made of; `returning`: its patient was known before."""

    id: str
    number: int
    patient_id: str
    submission_id: str
    location: str
    heat: Heat
    value_cents: int
    treatment_group: str
    vip: bool
    call_only: bool
    returning: bool


@dataclass(frozen=True)
class Desk:
    """Who adds a lead by hand, and whether they keep it or leave the owner to the rules."""

    staff_id: str
    name: str
    keeps: bool


def follow_up(
    session: Session,
    reference: Reference,
    settings: Settings,
    submission: Submission,
    lead: NewLead,
    now: datetime,
    desk: Desk | None = None,
) -> None:
    """Everything that happens from here on."""
    owner = _owner(session, reference, submission, lead, desk, now)
    # compliance.md H1: the clock starts when the patient sent the form, however late it reached us.
    started_at = min(submission.submitted_at, now)
    due_at = _start_clocks(session, reference, submission, lead, started_at, now)
    if owner and not (desk and desk.staff_id == owner.staff_id):  # who has just typed it in knows
        alerts.alert(
            session,
            settings,
            key=f"alert:new_lead:{lead.id}",
            template="staff_new_lead",
            staff_id=owner.staff_id,
            lead_id=lead.id,
            lead_number=lead.number,
            due_at=due_at,
            now=now,
        )
    promise = enrolling.promise(owner.name if owner else None, due_at)
    _sequence(session, reference, submission, lead, promise, started_at, now)
    _event(session, submission, lead, now)


def _owner(
    session: Session,
    reference: Reference,
    submission: Submission,
    lead: NewLead,
    desk: Desk | None,
    now: datetime,
) -> assigning.Owner | None:
    if desk and desk.keeps:
        return assigning.keep(session, lead_id=lead.id, staff_id=desk.staff_id, name=desk.name, now=now)
    wanted = assigning.Wanted(
        lead.treatment_group, lead.location, lead.value_cents, lead.vip, submission.form_type
    )
    return assigning.assign(session, reference, lead_id=lead.id, wanted=wanted, now=now)


def _start_clocks(
    session: Session,
    reference: Reference,
    submission: Submission,
    lead: NewLead,
    started_at: datetime,
    now: datetime,
) -> datetime:
    """Start the clocks of the first attempt and of the first conversation; when the attempt is due."""
    facts = {
        "temperature": lead.heat.temperature,
        "form_type": submission.form_type,
        "location": lead.location,
    }
    hours = reference.clinic.location(lead.location).hours
    policies = [sla_rules.choose(reference.policies, target, facts) for target in sla_rules.FROM_THE_FORM]
    due = [(policy, sla_rules.due_at(policy, hours, started_at)) for policy in policies]
    sla.start_first(session, lead.id, due, started_at=started_at, now=now)
    return due[0][1]


def _sequence(
    session: Session,
    reference: Reference,
    submission: Submission,
    lead: NewLead,
    promise: dict[str, str],
    started_at: datetime,
    now: datetime,
) -> None:
    if lead.returning:
        enrolling.replace_earlier(session, lead.patient_id, lead.id, now)
    enrolling.enroll(
        session,
        reference.sequences["lead"],
        reference.templates,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        phone=submission.phone,
        texts=not lead.call_only,
        variables=promise,
        sent_at=started_at,
        now=now,
    )


def _event(session: Session, submission: Submission, lead: NewLead, now: datetime) -> None:
    analytics.record(
        session,
        "form_submitted",
        patient_id=lead.patient_id,
        lead_id=lead.id,
        submission_id=lead.submission_id,
        now=now,
        detail={
            "form_type": submission.form_type,
            "source": submission.source,
            "campaign": submission.utm.get("utm_campaign", ""),
        },
    )
