"""What a template's variables would print for one lead's patient now. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.flows.sending import filling
from core.leads.store import leads
from core.messaging.actions import Purpose, unplanned
from core.messaging.variables import LANGUAGES
from core.patients.store import profiles as patients
from core.reference import Reference
from core.staff.store import people


@dataclass(frozen=True)
class Person:
    """A lead's patient: `values` by language and variable, '' for what nobody knows yet."""

    name: str
    values: Mapping[str, Mapping[str, str]]


def person(session: Session, reference: Reference, actor: Actor, lead_id: str, *, now: datetime) -> Person:
    """Raises Denied, and NotFound for an unknown lead."""
    require(actor, Permission.SEE_LEADS)
    lead = leads.get(session, lead_id)
    patient = patients.brief(session, lead.patient_id)
    last_name = patients.last_names(session, [patient.id]).get(patient.id) or ""
    owner = people.name(session, lead.owner_id).split()[0] if lead.owner_id else ""

    claim = unplanned(
        Purpose.TRANSACTIONAL,
        lead_id=lead.id,
        patient_id=patient.id,
        phone_index=patient.phone_index,
        planned_for=now,
    )

    def printed(language: str) -> dict[str, str]:
        text = filling.Leaving(reference, claim, patient, lead, last_name, owner, language, now)
        return {name: fill(text) for name, fill in filling.FILLS.items()}

    return Person(
        f"{patient.first_name} {last_name}".strip(), {language: printed(language) for language in LANGUAGES}
    )
