"""A patient's number was wrong: their leads move to the right one, and what was planned to the old one stops.

Others who share the old number keep it. The new number begins without consent, unless this patient gave it before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.booking import store_links as links
from core.compliance import store as compliance
from core.domain.phone import Phone
from core.domain.roles import Actor
from core.flows.leads import tasks
from core.flows.upkeep import placing
from core.leads.store import household as lead_household
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand
from core.messaging.store import planning as messaging
from core.patients.store import merging
from core.patients.store import profiles as patients
from core.reference import Reference

REASON = "number_corrected"


def move(
    session: Session, reference: Reference, actor: Actor, lead: LeadBrief, phone: Phone, now: datetime
) -> tuple[dict[str, Any], int]:
    """Give the lead, and the patient's other leads with the same number, the right one.

    What was said of the wrong one is over: its mark, and the task to find the right one. (What an undo needs: the leads
    with whether they were call only and since when their number was wrong, and whether the profile had the number;
    how many texts were stopped.)
    """
    theirs = lead_household.carrying(session, lead.patient_id, lead.phone_index)
    index = patients.phone_index(session, phone.e164)
    call_only = not (phone.textable and _may_text(session, lead.patient_id, index or ""))
    barred = lead_household.barred(session, [one.id for one in theirs])
    for moved in theirs:
        leads.change(
            session, moved.id, now, **_columns(phone, index), call_only=call_only, wrong_number_at=None
        )
        tasks.end_calls(session, moved.id, ("correct_number",), by=actor.staff_id, now=now)
    stopped = sum(
        messaging.cancel_lead_texts(session, one.id, REASON, by=actor.staff_id, now=now) for one in theirs
    )
    links.run_out(session, [one.id for one in theirs], now)  # somebody else has them
    known = patients.identity(session, lead.patient_id)["phone"]
    own = not known or known == lead.phone
    if own:
        _set(session, reference, lead.patient_id, phone.e164, now)
    since = {lead_id: moment.isoformat() for lead_id, moment in barred.items()}
    return {"leads": {one.id: one.call_only for one in theirs}, "own": own, "barred": since}, stopped


def _columns(phone: Phone, index: str | None) -> dict[str, Any]:
    return {"phone": phone.e164 or None, "phone_index": index, "extension": phone.extension or None}


def _may_text(session: Session, patient_id: str, index: str) -> bool:
    standing = compliance.standing(session, index)
    barred = standing.opted_out_at or standing.unreachable_at or not standing.transactional_at
    return not barred and compliance.granted_by(session, index, merging.selves(session, patient_id))


def _set(session: Session, reference: Reference, patient_id: str, phone: str, now: datetime) -> None:
    """The profile's own number, and where its owner probably is, which decides when they may be texted."""
    whole = patients.identity(session, patient_id) | {"phone": phone or None}
    patients.set_identity(session, patient_id, whole, {"phone": phone or None}, now)
    placing.place(session, reference, patient_id, now=now)


def put_back(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead: LeadBrief,
    phone: Phone,
    detail: Mapping[str, Any],
    stopped_at: datetime,
    now: datetime,
) -> None:
    """Undo of `move`: the old number, its consent and mark, and the texts and tasks that ended at that very moment."""
    links.run_out(session, list(detail["leads"]), now)
    index = patients.phone_index(session, phone.e164)
    barred = {lead_id: datetime.fromisoformat(moment) for lead_id, moment in detail.get("barred", {}).items()}
    for lead_id, call_only in detail["leads"].items():
        since = barred.get(lead_id)
        leads.change(
            session, lead_id, now, **_columns(phone, index), call_only=call_only, wrong_number_at=since
        )
        tasks.revive(session, lead_id, stopped_at, by=actor.staff_id, now=now)
        by_hand.restore_stopped(session, lead_id, REASON, stopped_at, by=actor.staff_id, now=now)
    if detail["own"]:
        _set(session, reference, lead.patient_id, phone.e164, now)
