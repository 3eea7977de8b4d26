"""Somebody said aloud that we may text them: what was read out is kept, with who read it."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.domain.errors import ClosedToTexts, InvalidInput
from core.domain.roles import Actor
from core.flows.conversation.staff_text import closed_words
from core.flows.leads.staff_action import open_for_work
from core.leads.store import household as lead_household
from core.leads.store import leads
from core.reference import Reference

VERSION = "verbal-2026-11"
SHORTEST = 20  # a wording says who texts, what about, and how to stop
LONGEST = 2000


def wording(reference: Reference) -> str:
    """What staff read out. Informational texts only: marketing needs a signature (compliance.md A1)."""
    return (
        f"May {reference.clinic.name} text you at this number about your request and your visits? Message and data "
        "rates may apply. You can reply STOP at any time. It is not a condition of anything you buy."
    )


def checked_wording(words: str) -> str:
    """The words that were read out, as the ledger keeps them. Raises InvalidInput(wording)."""
    said = words.strip()
    if not SHORTEST <= len(said) <= LONGEST:
        raise InvalidInput.of("wording", "Enter the words that you read out to them.")
    return said


def record(
    session: Session, reference: Reference, actor: Actor, lead_id: str, words: str, *, now: datetime
) -> None:
    """They said yes to `words`, read out to them: this patient's leads with this number are open to texts.

    Raises InvalidInput(wording, phone), and ClosedToTexts where only the patient can open the number again.
    """
    lead = open_for_work(session, actor, lead_id)
    said = checked_wording(words)
    if not lead.phone_index:
        raise InvalidInput.of("phone", "Add a phone number first.")
    standing = compliance.standing(session, lead.phone_index)
    if standing.opted_out_at or standing.unreachable_at:
        zone = reference.clinic.zone
        raise ClosedToTexts(closed_words(lead.phone or "", standing, call_only=True, zone=zone))
    entry = compliance.LedgerEntry(
        lead.phone_index,
        "transactional",
        "grant",
        "verbal",
        patient_id=lead.patient_id,
        wording=said,
        version=VERSION,
        source="read out by staff",
        staff_id=actor.staff_id,
    )
    compliance.append(session, [entry], now)
    for theirs in lead_household.carrying(session, lead.patient_id, lead.phone_index):
        leads.change(session, theirs.id, now, call_only=False)
    leads.note_event(session, lead_id, "consented", "staff", now=now, staff_id=actor.staff_id)
