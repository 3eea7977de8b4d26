"""What follows from a new lead, still in the transaction that made it: owner, clock, alert, sequence, event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core import plans
from core.analytics import store as analytics
from core.assignment import store as assignments
from core.assignment.rules.choosing import FULL
from core.flows.clocks import starting
from core.flows.escalation import levels
from core.flows.leads import assigning, wanting
from core.flows.sending import alerts
from core.flows.sequences import enrolling, stopping
from core.flows.sequences.enrolling import Cause, Entrant
from core.intake.submission import Submission
from core.leads.rules import COLD, Heat
from core.reference import Reference
from core.sequences.rules.choosing import for_form
from core.settings import Settings


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
    *,
    texts: bool = True,
) -> None:
    """Everything that happens from here on; without automatic texts where `texts` is False."""
    _event(session, submission, lead, now)
    if lead.returning:
        stopping.replace_earlier(session, lead.patient_id, lead.id, now)
    # From here on others who choose an owner wait for this transaction: nothing that could wait itself comes after it.
    owner = _owner(session, reference, submission, lead, desk, now)
    may_text = texts and not lead.call_only
    due_at = _start_clocks(session, reference, submission, lead, owner is not None, may_text, now)
    if _is_told(session, lead, owner, desk):
        alerts.alert(
            session,
            reference,
            settings,
            key=f"alert:new_lead:{lead.id}",
            template="staff_new_lead",
            staff_id=owner.staff_id if owner else None,
            lead_id=lead.id,
            lead_number=lead.number,
            due_at=due_at,
            now=now,
        )
    # Whoever is typed in by hand spoke with somebody here: no text of the machine says sorry to them.
    levels.begin(
        session, reference, lead, priority=lead.heat.priority, apologise=texts and desk is None, now=now
    )
    promise = enrolling.promise(owner.name if owner else None, due_at)
    sent_at = min(submission.submitted_at, now)
    _sequence(session, submission, lead, promise, sent_at, now, texts=may_text)


def _is_told(session: Session, lead: NewLead, owner: assigning.Owner | None, desk: Desk | None) -> bool:
    """Whether somebody is alerted at once: the owner, and where nobody is at work whoever else can be told.

    Who has just typed it in knows. Of one who only looks around (chapter 6, priority 4) the sequence takes care. Where
    everybody is full, one alert for many follows (`leads.unassigned`): a burst must not flood a phone.
    """
    if lead.heat.priority >= COLD:
        return False
    if owner:
        return not (desk and desk.staff_id == owner.staff_id)
    return assignments.why_waits(session, lead.id) != FULL


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
    wanted = wanting.of_form(
        session,
        reference,
        submission,
        patient_id=lead.patient_id,
        location=lead.location,
        priority=lead.heat.priority,
        vip=lead.vip,
        now=now,
    )
    return assigning.assign(session, reference, lead_id=lead.id, wanted=wanted, now=now)


def _start_clocks(
    session: Session,
    reference: Reference,
    submission: Submission,
    lead: NewLead,
    owned: bool,
    may_text: bool,
    now: datetime,
) -> datetime:
    """When the first attempt is due."""
    facts = {
        "temperature": lead.heat.temperature,
        "form_type": submission.form_type,
        "location": lead.location,
    }
    sent_at = submission.submitted_at
    return starting.of_new_lead(
        session, reference, lead.id, facts, sent_at=sent_at, owned=owned, texts=may_text, now=now
    )


def _sequence(
    session: Session,
    submission: Submission,
    lead: NewLead,
    promise: dict[str, str],
    sent_at: datetime,
    now: datetime,
    *,
    texts: bool,
) -> None:
    plan = for_form(plans.published(session).values(), submission.form_type)
    if plan:
        entrant = Entrant(lead.id, lead.patient_id, submission.phone, texts=texts)
        cause = Cause(lead.id, {plan.starts_on: now}, variables=promise, owed_since=sent_at)
        enrolling.enroll(session, plan, entrant, cause, now=now)


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
