"""One submission becomes a lead: the accept flow, all of it in the caller's one transaction.

Read from top to bottom: who is it, may we text, how warm, who takes it, what is due when, what goes out.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.domain.errors import InvalidInput
from core.domain.ids import new_id
from core.domain.phone import Phone
from core.flows.intake import follow_up_lead, recognising
from core.flows.intake.follow_up_lead import Desk, NewLead
from core.flows.upkeep import placing
from core.intake import store_submissions as submissions
from core.intake.submission import Submission
from core.leads.rules import heat
from core.leads.store import leads
from core.patients.likeness import Person
from core.patients.rules import whereabouts
from core.patients.store import matching, merging
from core.patients.store import profiles as patients
from core.reference import Reference
from core.settings import Settings

ADULT = 18


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
) -> Accepted:
    """Store a valid submission and everything that follows from it. `desk`: a member of staff types it in.

    Raises InvalidInput for somebody under 18, and IntegrityError when the same delivery or the same new number
    is being stored by another process at this moment: roll back, and call again.
    """
    refuse_minors(submission, now)
    earlier = submissions.find(session, submission.connector, submission.external_id)
    if earlier:
        return Accepted(earlier, leads.of_submission(session, earlier), repeated=True)
    submission_id = new_id(now)
    phone_index = patients.phone_index(session, submission.phone)
    submissions.insert_submission(session, submission_id, submission, phone_index, raw_payload_id, now)
    if submission.is_test:
        return Accepted(submission_id, None, repeated=False)
    patient_id, returning = _patient(session, reference, submission, submission_id, now)
    submissions.set_patient(session, submission_id, patient_id)
    standing = _consent(session, submission, submission_id, patient_id, phone_index, now, desk)
    lead = _lead(
        session, reference, submission, submission_id, patient_id, phone_index, standing, returning, now
    )
    follow_up_lead.follow_up(session, reference, settings, submission, lead, now, desk)
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


def _patient(
    session: Session, reference: Reference, submission: Submission, submission_id: str, now: datetime
) -> tuple[str, bool]:
    """(patient id, whether we knew them). A match adds what is missing and overwrites nothing."""
    s = submission
    born = s.birth_date.isoformat() if s.birth_date else ""
    form = Person(s.first_name, s.last_name, s.phone, s.email, born)
    found = recognising.recognise(session, reference.given_names, form)
    if not found.patient_id:
        profile = _profile(reference, s, now)
        patient_id = patients.create(session, profile, s.birth_date, now, place=found.place)
        matching.suspect(session, patient_id, found.possible, now)
        return patient_id, False
    given = {
        "first_name": s.first_name,
        "last_name": s.last_name,
        "phone": s.phone,
        "email": s.email,
        "birth_date": born or None,
        "zip": s.zip,
        "referral": s.heard_from,
    }
    patients.fill_in(session, found.patient_id, given, submission_id=submission_id, now=now)
    placing.place(session, reference, found.patient_id, now=now)
    patients.touch(session, found.patient_id, now, last_form_at=now)
    return found.patient_id, True


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
        "last_form_at": now,
    }


def source_name(sent: str) -> str:
    """A source as people read it: 'website' and 'Website' are one. The submission keeps it as it was sent."""
    return sent[:1].upper() + sent[1:]


def _location(reference: Reference, submission: Submission) -> str:
    return submission.location or reference.clinic.nearest(submission.zip).slug


def _consent(
    session: Session,
    submission: Submission,
    submission_id: str,
    patient_id: str,
    phone_index: str | None,
    now: datetime,
    desk: Desk | None,
) -> compliance.Standing:
    """Append what the boxes said to the ledger; the number's standing afterwards.

    A form never opts anybody back in: while a number is opted out, its boxes are logged as declined
    (compliance.md A2), and staff may call. Who agreed once and declines now has taken it back: the last word counts.
    """
    if phone_index is None:
        return compliance.Standing()
    before = compliance.standing(session, phone_index)
    origin = submission.origin
    entries = [
        compliance.LedgerEntry(
            phone_index=phone_index,
            scope=given.scope,
            action="grant" if given.ticked and not before.opted_out_at else "decline",
            method=_method(submission, desk),
            patient_id=patient_id,
            wording=given.wording,
            version=given.version,
            source=submission.source,
            page_url=_bare(origin.page_url),
            submission_id=submission_id,
            ip=origin.ip,
            user_agent=origin.user_agent,
            verified=origin.verified,
            captured_at=given.captured_at,
            staff_id=desk.staff_id if desk else None,
        )
        for given in submission.consents
    ]
    declined = {f"{entry.scope}_at" for entry in entries if entry.action == "decline"}
    withdrawn = {name: None for name in declined if getattr(before, name)}
    if withdrawn:
        compliance.set_standing(session, phone_index, now, **withdrawn)
    compliance.append(session, entries, now)
    return compliance.standing(session, phone_index)


def _method(submission: Submission, desk: Desk | None) -> str:
    if desk:
        return "verbal"
    return "web_form" if submission.connector == "hosted" else "webhook"


def _why_call_only(
    session: Session,
    submission: Submission,
    patient_id: str,
    phone_index: str | None,
    standing: compliance.Standing,
) -> str:
    """Why nothing may be texted to this lead, or ''.

    A refusal, an answer that proves neither and a question that was never put are all no consent (compliance.md A1);
    what one person on a number agreed to is no other's.
    """
    if phone_index is None:
        return "no_phone"
    if standing.opted_out_at:
        return "opted_out"
    if standing.unreachable_at:
        return "unreachable"
    if not Phone(submission.phone, submission.extension).textable:
        return "not_textable"
    if any(given.ticked for given in submission.consents):
        return ""
    agreed = standing.transactional_at and compliance.granted_by(
        session, phone_index, merging.selves(session, patient_id)
    )
    return "" if agreed else "no_consent"


def _bare(url: str) -> str:
    """The address of a page without its query: mail campaigns put names and addresses there, in plain sight."""
    return url.partition("#")[0].partition("?")[0]


def _lead(
    session: Session,
    reference: Reference,
    submission: Submission,
    submission_id: str,
    patient_id: str,
    phone_index: str | None,
    standing: compliance.Standing,
    returning: bool,
    now: datetime,
) -> NewLead:
    treatment = reference.treatments.get(submission.treatment)
    value = treatment.value_cents if treatment else 0
    vip = patients.brief(session, patient_id).vip
    warmth = heat(
        submission.form_type,
        submission.timeframe,
        value,
        vip=vip,
        returning=returning,
        has_notes=bool(submission.notes),
    )
    barred = _why_call_only(session, submission, patient_id, phone_index, standing)
    lead = NewLead(
        id=new_id(now),
        number=0,
        patient_id=patient_id,
        submission_id=submission_id,
        location=_location(reference, submission),
        heat=warmth,
        value_cents=value,
        treatment_group=treatment.group if treatment else "",
        vip=vip,
        call_only=bool(barred),
    )
    lead = replace(lead, number=leads.create(session, _lead_row(lead, submission, phone_index, now)))
    patients.touch(session, patient_id, now, score=warmth.score)
    detail = {"form_type": submission.form_type, "source": submission.source, "score": list(warmth.reasons)}
    leads.note_event(session, lead.id, "submitted", "patient", now=now, data=detail)
    if barred:
        leads.note_event(session, lead.id, "refused_text", "automatic", now=now, data={"reason": barred})
    return lead


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
