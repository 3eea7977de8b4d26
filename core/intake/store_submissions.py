"""SQL of accepted submissions."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.db.prepared import InsertOne, Query
from core.db.types import blind
from core.intake.submission import Submission
from core.intake.tables import form_submissions
from core.patients.store import profiles

C = form_submissions.c
_FIND = Query(
    select(C.id).where(C.connector == bindparam("connector"), C.external_id == bindparam("external_id"))
)
_SUBMISSION = InsertOne(form_submissions)


def find(session: Session, connector: str, external_id: str) -> str | None:
    """The id of the stored submission with this name, if any."""
    name = _named(session, connector, external_id)
    found = _FIND.rows(session, connector=connector, external_id=name)
    return str(found[0][0]) if found else None


def _named(session: Session, connector: str, external_id: str) -> str:
    """A sender may name a submission by an address, and what has no name is named by all that it says: only we can
    tell from this what it was."""
    return blind(session, "external_id", f"{connector}\0{external_id}")


@dataclass(frozen=True)
class Said:
    """A submission that says something of a patient."""

    id: str
    connector: str
    received_at: datetime


def saying_email(session: Session, patient_ids: Collection[str], email_index: str | None) -> list[Said]:
    """Which forms of these patients gave that address. An erased form says nothing."""
    theirs = select(C.id, C.connector, C.received_at, C.form_data).where(C.patient_id.in_(patient_ids))
    return [
        Said(*row[:3])
        for row in session.execute(theirs)
        if email_index
        and profiles.email_index(session, str((row.form_data or {}).get("email") or "")) == email_index
    ]


def insert_submission(
    session: Session,
    submission_id: str,
    submission: Submission,
    patient_id: str | None,
    phone_index: str | None,
    raw_payload_id: str | None,
    now: datetime,
) -> None:
    """`patient_id` is None for a provider's test. Raises IntegrityError when another process is storing the same
    delivery."""
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
        "external_id": _named(session, submission.connector, submission.external_id),
        "raw_payload_id": raw_payload_id,
        "patient_id": patient_id,
        "form_type": submission.form_type,
        "form_data": data,
        "source": submission.source,
        "utm_params": dict(submission.utm),
        "click_ids": dict(submission.click_ids) or None,
        "submitted_at": submission.submitted_at,
        "received_at": now,
        "phone_index": phone_index,
    }
    _SUBMISSION.run(session, **row)


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's submissions to another, or `only` some of them; the ids of those given."""
    return hand_on(session, form_submissions, was, becomes, only)
