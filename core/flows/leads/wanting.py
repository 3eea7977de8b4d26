"""What a lead asks of its owner, as the rules of assignment see it: read anew for one that has none, or goes on."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.assignment.rules.people import Wanted, distances, is_referral, wall
from core.booking import store as visits
from core.intake.submission import Submission
from core.leads.store import owners
from core.leads.store.owners import Asked
from core.patients.store import profiles as patients
from core.reference import Reference


def of_form(
    session: Session,
    reference: Reference,
    submission: Submission,
    *,
    patient_id: str,
    location: str,
    priority: int,
    vip: bool,
    now: datetime,
) -> Wanted:
    """Of a lead that a form makes in this transaction."""
    treatment = reference.treatments.get(submission.treatment)
    return Wanted(
        group=treatment.group if treatment else "",
        location=location,
        value_cents=treatment.value_cents if treatment else 0,
        vip=vip,
        form_type=submission.form_type,
        treatment=submission.treatment,
        priority=priority,
        language=submission.language,
        source=submission.source,
        zip=submission.zip,
        referral=is_referral(submission.heard_from, submission.source),
        at=wall(now.astimezone(reference.clinic.location(location).hours.zone)),
        provider=_provider(session, reference, patient_id),
        distance=_distances(reference, submission.zip),
    )


def of_lead(
    session: Session,
    reference: Reference,
    lead: Asked,
    now: datetime,
    excluded: frozenset[str] = frozenset(),
) -> Wanted:
    """Of a lead as it stands. `excluded`: who must not get it again."""
    treatment = reference.treatments.get(lead.treatment)
    person = patients.brief(session, lead.patient_id)
    zip_code = patients.placed(session, lead.patient_id).zip_code
    return Wanted(
        group=treatment.group if treatment else "",
        location=lead.location,
        value_cents=lead.value_cents,
        vip=person.vip,
        form_type=lead.form_type,
        treatment=lead.treatment,
        priority=lead.priority,
        language=person.language,
        source=lead.source,
        zip=zip_code,
        referral=is_referral("", lead.source),
        at=wall(now.astimezone(reference.clinic.location(lead.location).hours.zone)),
        provider=_provider(session, reference, lead.patient_id),
        distance=_distances(reference, zip_code),
        excluded=excluded,
    )


def find(session: Session, reference: Reference, lead_id: str, now: datetime) -> Wanted:
    """The same by the lead's id. Raises NotFound."""
    return of_lead(session, reference, owners.asked(session, [lead_id])[0], now)


def _provider(session: Session, reference: Reference, patient_id: str) -> str:
    """Asked only where a rule wants to know."""
    return visits.last_provider(session, patient_id) if reference.assignment.asks_for_provider else ""


def _distances(reference: Reference, zip_code: str) -> dict[str, float]:
    places = {slug: place.zips for slug, place in reference.clinic.locations.items()}
    return dict(distances(zip_code, places))
