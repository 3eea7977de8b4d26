"""SQL of accepted submissions."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.intake.submission import Submission
from core.intake.tables import form_submissions


def find(session: Session, connector: str, external_id: str) -> str | None:
    """The id of the stored submission with this name, if any."""
    c = form_submissions.c
    found = session.execute(
        select(c.id).where(c.connector == connector, c.external_id == external_id)
    ).scalar_one_or_none()
    return str(found) if found else None


def insert_submission(
    session: Session,
    submission_id: str,
    submission: Submission,
    phone_index: str | None,
    raw_payload_id: str | None,
    now: datetime,
) -> None:
    """Raises IntegrityError when another process is storing the same delivery."""
    data: dict[str, object] = {
        "fields": dict(submission.fields),
        "treatment": submission.treatment,
        "timeframe": submission.timeframe,
        "budget": submission.budget,
        "notes": submission.notes,
        "best_time": submission.best_time,
        "heard_from": submission.heard_from,
        "referrer": submission.origin.referrer,
        "first_name": submission.first_name,
        "last_name": submission.last_name,
        "phone": submission.phone,
        "extension": submission.extension,
        "email": submission.email,
        "zip": submission.zip,
    }
    if submission.set_aside:
        data["set_aside"] = [asdict(one) for one in submission.set_aside]
    row = {
        "id": submission_id,
        "connector": submission.connector,
        "external_id": submission.external_id,
        "raw_payload_id": raw_payload_id,
        "form_type": submission.form_type,
        "form_data": data,
        "source": submission.source,
        "utm_params": dict(submission.utm),
        "click_ids": dict(submission.click_ids) or None,
        "submitted_at": submission.submitted_at,
        "received_at": now,
        "phone_index": phone_index,
    }
    # As parameters, not as .values(): building the statement anew costs three times the insert.
    session.execute(insert(form_submissions), row)


def set_patient(session: Session, submission_id: str, patient_id: str) -> None:
    """Name the patient that the submission belongs to."""
    session.execute(
        update(form_submissions).where(form_submissions.c.id == submission_id).values(patient_id=patient_id)
    )


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's submissions to another, or `only` some of them; the ids of those given."""
    return hand_on(session, form_submissions, was, becomes, only)
