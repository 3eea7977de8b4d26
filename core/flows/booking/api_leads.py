"""Whose visit it is that a system of the clinic's books: the patient or the form that it names, else whoever fits, or a
new one, as by a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import FieldError, InvalidInput, LostRace
from core.domain.ids import is_id
from core.flows.booking import changing
from core.flows.intake.accept_submission import accept
from core.flows.intake.vocabulary import vocabulary
from core.intake import rules
from core.intake.draft import Draft
from core.intake.submission import Submission
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference

CONNECTOR = "api"
NO_FORM = "There is no such form of a lead. Leave it out, and send name and phone."
NO_PATIENT = "There is no such patient. Leave it out, and send name and phone."
ANOTHERS = "This form is another person's. Send one of the two."
OTHER_NUMBER = "This is not the number that we have of this patient. Leave it out, or leave patientId out."
UNSURE = "More than one profile fits this patient. Leave patientId out, or ask the clinic to merge them."
# As the fields are called in the API.
FIELDS = {"first_name": "firstName", "last_name": "lastName", "name": "firstName"}


@dataclass(frozen=True)
class Contact:
    """Who comes, as it is written."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Person:
    """Whom the request names: nobody by id, or a patient of ours. `lead`: of theirs, that may be booked."""

    patient_id: str = ""
    lead: LeadBrief | None = None
    location: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a new lead is about, and where it came from. `form_id`: the name of its form for good."""

    treatment: str
    location: str
    source: str
    tracking: Mapping[str, str]
    form_id: str


def named(session: Session, patient_id: str, submission_id: str, contact: Contact) -> Person:
    """Raises InvalidInput(patientId, formSubmissionId, phone)."""
    lead = _of_submission(session, submission_id) if submission_id else None
    whose = patient_id or (lead.patient_id if lead else "")
    if not whose:
        return Person()
    theirs = leads.of_patient(session, whose) if is_id(whose) else []
    if not theirs:
        raise InvalidInput.of("patientId", NO_PATIENT)
    if lead and lead.patient_id != whose:
        raise InvalidInput.of("formSubmissionId", ANOTHERS)
    _refuse_other_number(session, whose, contact)
    able = [one for one in (theirs if lead is None else [lead]) if one.state == "open"]
    latest = max(theirs, key=lambda one: one.created_at)
    return Person(whose, max(able, key=lambda one: one.created_at, default=None), latest.location)


def _of_submission(session: Session, submission_id: str) -> LeadBrief:
    lead_id = leads.of_submission(session, submission_id) if is_id(submission_id) else None
    if lead_id is None:
        raise InvalidInput.of("formSubmissionId", NO_FORM)
    return leads.get(session, lead_id)


def _refuse_other_number(session: Session, patient_id: str, contact: Contact) -> None:
    """A visit booked for one person under another one's number would be told to a stranger."""
    given = rules.phone_of(contact.phone).e164
    if given and given != (patients.identity(session, patient_id)["phone"] or ""):
        raise InvalidInput.of("phone", OTHER_NUMBER)


def refuse_second(session: Session, person: Person) -> None:
    """Whoever is named by id and has a visit ahead moves that one. Raises LostRace."""
    for one in leads.of_patient(session, person.patient_id) if person.patient_id else ():
        ahead = changing.ahead(session, one.id)
        if ahead:
            which = f"{ahead.code}, appointmentId {ahead.id}" if ahead.code else f"appointmentId {ahead.id}"
            raise LostRace(f"This person has a visit ahead already ({which}). Reschedule or cancel that one.")


def refuse_faults(reference: Reference, contact: Contact, now: datetime) -> None:
    """Raises InvalidInput with every field of who comes that can't be used."""
    _submission(reference, contact, Wanted("", "", "", {}, "looked-at"), now)


def make(session: Session, app: App, person: Person, contact: Contact, wanted: Wanted, now: datetime) -> str:
    """A lead from a form of type 'booking', with all that follows from one; its id. Nobody agreed to anything by it."""
    who = _known(session, person.patient_id) if person.patient_id else contact
    submission = _submission(app.reference, who, wanted, now)
    made = accept(session, app.reference, app.settings, submission, raw_payload_id=None, now=now)
    if made.lead_id is None:
        raise LostRace("This request was taken in already.")
    if person.patient_id not in ("", leads.get(session, made.lead_id).patient_id):
        raise InvalidInput.of("patientId", UNSURE)
    return made.lead_id


def _known(session: Session, patient_id: str) -> Contact:
    try:
        known = patients.identity(session, patient_id)
    except NoResultFound:
        raise InvalidInput.of("patientId", NO_PATIENT) from None
    return Contact(*(known[name] or "" for name in Contact.__dataclass_fields__))


def _submission(reference: Reference, contact: Contact, wanted: Wanted, now: datetime) -> Submission:
    answers = {**contact.__dict__, "treatment": wanted.treatment, "location": wanted.location}
    draft = Draft(
        connector=CONNECTOR,
        external_id=wanted.form_id,
        source=wanted.source,
        form_type="booking",
        answers={name: value for name, value in answers.items() if value},
        tracking=wanted.tracking,
    )
    try:
        return rules.submission_of(draft, vocabulary(reference), now, strict=True)
    except InvalidInput as refused:
        errors = [FieldError(FIELDS.get(one.field, one.field), one.message) for one in refused.errors]
        raise InvalidInput(errors) from None
