"""Staff add a lead: somebody at the desk, on the phone, or sent by a friend. It goes the way of every form."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.phone import Phone
from core.domain.roles import Actor, Permission, require
from core.flows.intake.accept_submission import Accepted, accept
from core.flows.intake.follow_up_lead import Desk
from core.flows.intake.vocabulary import vocabulary
from core.flows.leads import contact, verbal_consent
from core.intake import rules
from core.intake.findings import Findings
from core.intake.submission import ConsentGiven, Submission
from core.leads.store import leads
from core.messaging.variables import LANGUAGES
from core.reference import Reference
from core.settings import Settings
from core.sla import store as sla

BY_HAND = "by_hand"  # connector and form type of what staff type in
HOW = {"walk_in": "Walk-in", "phone_call": "Phone call", "referral": "Referral"}
LONGEST_NOTE = 2000
LONGEST_SHORT = 200


@dataclass(frozen=True)
class ByHand:
    """What staff typed. `request_id` is made when the form opens: the same one twice is one lead.

    `consent_wording`: what was read out and agreed to, '' where nobody asked or they said no. `mine`: the one who adds
    it keeps it, else the rules choose. `already_talked`: they stand at the desk, no first contact is owed.
    """

    request_id: str
    how: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""
    date_of_birth: str = ""
    zip: str = ""
    treatment: str = ""
    timeframe: str = ""
    budget: str = ""
    notes: str = ""
    language: str = ""
    location: str = ""
    heard_from: str = ""
    consent_wording: str = ""
    mine: bool = True
    already_talked: bool = False


def add(
    session: Session, reference: Reference, settings: Settings, actor: Actor, told: ByHand, *, now: datetime
) -> Accepted:
    """Add a lead. Without consent that was read out, its number is call only and nothing is texted.

    Raises Denied, InvalidInput with every fault by its field, and IntegrityError when a form with the same new number
    comes in at this very moment: roll back, and call again.
    """
    require(actor, Permission.WORK_LEADS)
    desk = Desk(actor.staff_id, actor.name, keeps=told.mine)
    form = _submission(reference, actor, told, now)
    accepted = accept(session, reference, settings, form, raw_payload_id=None, desk=desk, now=now)
    if accepted.lead_id is None or accepted.repeated:
        return accepted
    lead = leads.get(session, accepted.lead_id)
    if told.already_talked:
        # Nobody waited: a clock met in no time would only flatter the figures.
        sla.void(session, lead.id, now)
        channel = "call" if told.how == "phone_call" else "in_person"
        contact.talked(session, lead, staff_id=actor.staff_id, channel=channel, now=now)
    return accepted


def _submission(reference: Reference, actor: Actor, told: ByHand, now: datetime) -> Submission:
    found = Findings()
    names = {"first_name": told.first_name, "last_name": told.last_name}
    first, last = found.read(lambda: rules.names_of(names), ("", ""))
    phone = found.read(lambda: rules.phone_of(told.phone.strip()), Phone(""))
    email = found.read(lambda: rules.email_of(told.email.strip()), "")
    born = found.read(lambda: rules.birth_date_of(told.date_of_birth, now.date()), None)
    found.read(lambda: _check_answers(reference, told), None)
    if not found.faults:
        found.read(lambda: _check_whole(first, last, phone.e164, email), None)
    found.refuse()
    return Submission(
        connector=BY_HAND,
        external_id=f"{actor.staff_id}:{told.request_id}"[: rules.EXTERNAL_ID_LIMIT],
        source=HOW[told.how],
        form_type=BY_HAND,
        submitted_at=now,
        first_name=first,
        last_name=last,
        phone=phone.e164,
        extension=phone.extension,
        email=email,
        birth_date=born,
        zip=rules.zip_of(told.zip),
        treatment=told.treatment,
        timeframe=told.timeframe,
        budget=told.budget,
        notes=told.notes.strip(),
        heard_from=told.heard_from.strip()[:LONGEST_SHORT],
        location=told.location,
        language=told.language,
        consents=_consents(told),
        fields={"added_by": actor.name},
    )


def _check_whole(first: str, last: str, phone: str, email: str) -> None:
    """Raises InvalidInput where nobody could be called back."""
    if not (first or last):
        raise InvalidInput.of("first_name", "Enter a name, or what you were told of it.")
    if not (phone or email):
        raise InvalidInput.of("phone", "Enter a phone number, or an email address below.")


def _check_answers(reference: Reference, told: ByHand) -> None:
    """Raises InvalidInput for a choice that is none of ours."""
    if told.how not in HOW:
        raise InvalidInput.of("how", f"Choose one of: {', '.join(HOW.values())}.")
    check_request(
        reference, {"treatment": told.treatment, "timeframe": told.timeframe, "budget": told.budget}
    )
    check_request(reference, {"notes": told.notes, "language": told.language, "location": told.location})


def check_request(reference: Reference, answers: dict[str, str]) -> None:
    """What was asked for, as codes of ours or nothing. Raises InvalidInput with the field."""
    known = vocabulary(reference)
    choices = {
        "treatment": set(reference.treatments),
        "timeframe": set(known.timeframes.values()),
        "budget": set(known.budgets.values()),
        "location": {*reference.clinic.locations, *reference.clinic.retired},
        "language": set(LANGUAGES),
    }
    for name, value in answers.items():
        if value and name in choices and value not in choices[name]:
            raise InvalidInput.of(
                name, "Choose one from the list, or leave it open and write it into the notes."
            )
        if name == "notes" and len(value) > LONGEST_NOTE:
            raise InvalidInput.of(
                "notes", f"Notes have at most {LONGEST_NOTE} characters; these {len(value)}."
            )


def _consents(told: ByHand) -> tuple[ConsentGiven, ...]:
    """Said aloud, it covers texts about the request and never marketing (compliance.md A1, A6)."""
    words = told.consent_wording.strip()
    return (ConsentGiven("transactional", True, words, verbal_consent.VERSION),) if words else ()
