"""One submission becomes a lead: the accept flow, all of it in the caller's one transaction.

Read from top to bottom: who is it, may we text, how warm, who takes it, what is due when, what goes out.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.compliance.store import Standing
from core.domain.errors import InvalidInput
from core.domain.ids import new_id
from core.flows.intake import follow_up_lead, heeding_danger, noting_consent, recognising
from core.flows.intake.follow_up_lead import Desk, NewLead
from core.flows.upkeep import placing
from core.intake import store_submissions as submissions
from core.intake.submission import Submission
from core.leads.rules import Heat, heat
from core.leads.store import leads, threads
from core.leads.store.leads import NewEvent
from core.patients.likeness import Person
from core.patients.rules import whereabouts
from core.patients.store import matching, namesakes
from core.patients.store import profiles as patients
from core.reference import Reference
from core.settings import Settings

ADULT = 18
TOO_OFTEN = "too_often"


@dataclass(frozen=True)
class Accepted:
    """What became of it. `lead_id` is None for a provider's test delivery; `repeated` when it was here before."""

    submission_id: str
    lead_id: str | None
    repeated: bool


def accept(
    session: Session,
    reference: Reference,
    settings: Settings,
    submission: Submission,
    *,
    raw_payload_id: str | None,
    now: datetime,
    desk: Desk | None = None,
    texts: bool = True,
) -> Accepted:
    """Store a valid submission and everything that follows from it. `desk`: a member of staff types it in.

    `texts` False: its number was entered so often that it gets no further text by itself.

    Raises InvalidInput for somebody under 18, and IntegrityError when the same delivery or the same new number
    is being stored by another process at this moment: roll back, and call again.
    """
    refuse_minors(submission, now)
    earlier = submissions.find(session, submission.connector, submission.external_id)
    if earlier:
        return Accepted(earlier, leads.of_submission(session, earlier), repeated=True)
    submission_id = new_id(now)
    phone_index = patients.phone_index(session, submission.phone)
    patient = None
    if not submission.is_test:
        patient = _patient(session, reference, submission, submission_id, now)
    patient_id = patient.id if patient else None
    submissions.insert_submission(
        session, submission_id, submission, patient_id, phone_index, raw_payload_id, now
    )
    if patient is None:
        return Accepted(submission_id, None, repeated=False)
    standing = noting_consent.note(session, submission, submission_id, patient.id, phone_index, now, desk)
    noting_consent.note_emails(session, submission, submission_id, patient.id, now, desk)
    lead = _lead(session, reference, submission, submission_id, patient, phone_index, standing, now)
    if patient.returning:
        threads.move(session, lead.id, patient.id, now)
    if not texts:
        leads.note_event(session, lead.id, "refused_text", "automatic", now=now, data={"reason": TOO_OFTEN})
    follow_up_lead.follow_up(session, reference, settings, submission, lead, now, desk, texts=texts)
    heeding_danger.heed(session, reference, settings, submission, lead.id, submission_id, now)
    return Accepted(submission_id, lead.id, repeated=False)


def refuse_minors(submission: Submission, now: datetime) -> None:
    """REQUIREMENTS 1.7: 18 or over where a birth date is given. Raises InvalidInput."""
    born = submission.birth_date
    if born and age_on(born, now.date()) < ADULT:
        raise InvalidInput.of(
            "date_of_birth", "You must be 18 or over. A parent or guardian is welcome to call us."
        )


def age_on(born: date, today: date) -> int:
    """Whole years lived on `today`."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@dataclass(frozen=True)
class _Patient:
    """Who sent the form, and how warm that makes the lead. `returning`: we knew them."""

    id: str
    returning: bool
    vip: bool
    heat: Heat


def _patient(
    session: Session, reference: Reference, submission: Submission, submission_id: str, now: datetime
) -> _Patient:
    """The one who is found, or a new one. First of all that is written: two forms of one person take turns here."""
    s = submission
    born = s.birth_date.isoformat() if s.birth_date else ""
    form = Person(s.first_name, s.last_name, s.phone, s.email, born)
    found = recognising.recognise(session, reference.given_names, form)
    if found.patient_id:
        return _returning(session, reference, s, submission_id, found.patient_id, now)
    warmth = _heat(reference, s, vip=False, returning=False)
    profile = _profile(reference, s, now) | {"score": warmth.score}
    patient_id = patients.create(session, profile, s.birth_date, now, place=found.place)
    matching.suspect(session, patient_id, found.possible, now)
    namesakes.compare_later(session, patient_id)
    return _Patient(patient_id, returning=False, vip=False, heat=warmth)


def _returning(
    session: Session, reference: Reference, s: Submission, submission_id: str, patient_id: str, now: datetime
) -> _Patient:
    """A match adds what is missing and overwrites nothing."""
    vip = patients.brief(session, patient_id).vip
    warmth = _heat(reference, s, vip=vip, returning=True)
    given = {
        "first_name": s.first_name,
        "last_name": s.last_name,
        "phone": s.phone,
        "email": s.email,
        "birth_date": s.birth_date.isoformat() if s.birth_date else None,
        "zip": s.zip,
        "referral": s.heard_from,
    }
    patients.fill_in(session, patient_id, given, submission_id=submission_id, now=now)
    placing.place(session, reference, patient_id, now=now)
    # In what language to be texted is as they said last.
    language = {"language": s.language} if s.language else {}
    patients.touch(session, patient_id, now, last_form_at=now, score=warmth.score, **language)
    return _Patient(patient_id, returning=True, vip=vip, heat=warmth)


def _heat(reference: Reference, submission: Submission, *, vip: bool, returning: bool) -> Heat:
    treatment = reference.treatments.get(submission.treatment)
    return heat(
        submission.form_type,
        submission.timeframe,
        treatment.value_cents if treatment else 0,
        vip=vip,
        returning=returning,
        has_notes=bool(submission.notes),
    )


def _profile(reference: Reference, submission: Submission, now: datetime) -> dict[str, Any]:
    where = whereabouts(submission.zip, submission.phone, reference.area_codes, reference.clinic.zone.key)
    return {
        "first_name": submission.first_name,
        "last_name": submission.last_name,
        "phone": submission.phone or None,
        "email": submission.email or None,
        "zip": submission.zip or None,
        "zone": ",".join(where.zones),
        "state": where.state,
        "location": _location(reference, submission),
        "status": "new",
        "source": source_name(submission.source),
        "campaign": submission.utm.get("utm_campaign", ""),
        "acquired_at": now,
        "referral": submission.heard_from or None,
        "preferred_time": submission.best_time or None,
        "language": submission.language,
        "last_form_at": now,
    }


def source_name(sent: str) -> str:
    """A source as people read it: 'website' and 'Website' are one. The submission keeps it as it was sent."""
    return sent[:1].upper() + sent[1:]


def _location(reference: Reference, submission: Submission) -> str:
    return submission.location or reference.clinic.nearest(submission.zip).slug


def _lead(
    session: Session,
    reference: Reference,
    submission: Submission,
    submission_id: str,
    patient: _Patient,
    phone_index: str | None,
    standing: Standing,
    now: datetime,
) -> NewLead:
    treatment = reference.treatments.get(submission.treatment)
    barred = noting_consent.why_call_only(session, submission, patient.id, phone_index, standing)
    lead = NewLead(
        id=new_id(now),
        number=0,
        patient_id=patient.id,
        submission_id=submission_id,
        location=_location(reference, submission),
        heat=patient.heat,
        value_cents=treatment.value_cents if treatment else 0,
        treatment_group=treatment.group if treatment else "",
        vip=patient.vip,
        call_only=bool(barred),
        returning=patient.returning,
    )
    lead = replace(lead, number=leads.create(session, _lead_row(lead, submission, phone_index, now)))
    leads.note_events(session, _first_events(lead, submission, barred, now))
    return lead


def _first_events(lead: NewLead, submission: Submission, barred: str, now: datetime) -> list[NewEvent]:
    score = list(lead.heat.reasons)
    detail = {"form_type": submission.form_type, "source": submission.source, "score": score}
    sent = NewEvent(lead.id, "submitted", "patient", now, data=detail)
    refused = NewEvent(lead.id, "refused_text", "automatic", now, data={"reason": barred})
    return [sent, refused] if barred else [sent]


def _lead_row(
    lead: NewLead, submission: Submission, phone_index: str | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": lead.id,
        "patient_id": lead.patient_id,
        "submission_id": lead.submission_id,
        "created_at": now,
        "updated_at": now,
        "state": "open",
        "form_type": submission.form_type,
        "treatment": submission.treatment,
        "timeframe": submission.timeframe,
        "budget": submission.budget,
        "notes": submission.notes or None,
        "value_cents": lead.value_cents,
        "temperature": lead.heat.temperature,
        "priority": lead.heat.priority,
        "location": lead.location,
        "source": source_name(submission.source),
        "medium": submission.utm.get("utm_medium", ""),
        "campaign": submission.utm.get("utm_campaign", ""),
        "phone": submission.phone or None,
        "phone_index": phone_index,
        "extension": submission.extension or None,
        "call_only": lead.call_only,
        "last_event_at": now,
        "last_event_kind": "submitted",
        "last_event_by": "patient",
    }
