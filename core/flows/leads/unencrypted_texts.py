"""The preference for texts that name what is treated, given or taken back by word of mouth (compliance.md A5, B).

It is one patient's own, for the number that it was given for; a STOP ends it with everything else.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.compliance.store import UNENCRYPTED
from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.leads.staff_action import open_for_work
from core.flows.leads.verbal_consent import checked_wording
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference

VERSION = "verbal-health-2026-11"


def wording(reference: Reference) -> str:
    """What staff read out."""
    return (
        f"May texts from {reference.clinic.name} name your treatment? Texts are not encrypted, and others could read "
        "them. Without this they only say 'your visit'. You can change your mind at any time."
    )


def record(session: Session, actor: Actor, lead_id: str, words: str, *, now: datetime) -> None:
    """They said yes to `words`, read out to them. Raises InvalidInput(wording, phone), Denied, NotFound."""
    lead = _with_number(session, actor, lead_id)
    if lead.phone_index != patients.brief(session, lead.patient_id).phone_index:
        raise InvalidInput.of(
            "phone", "This number is not the patient's own: texts there can't name a treatment."
        )
    if compliance.standing(session, lead.phone_index or "").opted_out_at:
        raise InvalidInput.of("phone", "This number opted out of texts; there is nothing to ask for.")
    _append(session, actor, lead, "grant", checked_wording(words), now)
    patients.touch(session, lead.patient_id, now, unencrypted_at=now)
    leads.note_event(session, lead_id, "unencrypted_allowed", "staff", now=now, staff_id=actor.staff_id)


def withdraw(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """They want it no more: the next text is neutral again. Raises Denied, NotFound, InvalidInput(phone)."""
    lead = _with_number(session, actor, lead_id)
    _append(session, actor, lead, "decline", "", now)
    patients.touch(session, lead.patient_id, now, unencrypted_at=None)
    leads.note_event(session, lead_id, "unencrypted_withdrawn", "staff", now=now, staff_id=actor.staff_id)


def _with_number(session: Session, actor: Actor, lead_id: str) -> LeadBrief:
    lead = open_for_work(session, actor, lead_id)
    if not lead.phone_index:
        raise InvalidInput.of("phone", "Add a phone number first.")
    return lead


def _append(session: Session, actor: Actor, lead: LeadBrief, action: str, words: str, now: datetime) -> None:
    entry = compliance.LedgerEntry(
        lead.phone_index or "",
        UNENCRYPTED,
        action,
        "verbal",
        patient_id=lead.patient_id,
        wording=words,
        version=VERSION if words else "",
        source="read out by staff" if words else "told to staff",
        staff_id=actor.staff_id,
    )
    compliance.append(session, [entry], now)
