"""Every act of staff is a line of the audit trail, in the transaction of the act."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.ids import is_id
from core.domain.roles import Actor
from core.leads.store import leads

UNTOLD = frozenset({"save_draft"})  # each pause while one writes: what comes of it is told


def note(session: Session, actor: Actor, action: str, about: str, *, origin: str, now: datetime) -> None:
    """Tell of an act, unless its flow has done so in its own words. `about`: an id, a lead's as a rule; '' for none."""
    if not action or action in UNTOLD or audit.noted(session):
        return
    known = about if is_id(about) else ""
    patient_id = leads.patients_of(session, [known]).get(known) if known else None
    audit.note(
        session,
        action=action[:40],
        staff_id=actor.staff_id,
        subject=known,
        patient_id=patient_id,
        origin=origin,
        now=now,
    )
