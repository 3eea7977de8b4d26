"""Who is on shift at a moment to come, by the plan: nobody knows yet who will be on a break then."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.reference import Reference
from core.staff import shift_rules
from core.staff.store import rota


def on_shift_at(session: Session, reference: Reference, moment: datetime) -> frozenset[str]:
    """Their ids."""
    hours = reference.clinic.hours
    everybody = rota.at(session, moment)
    return frozenset(one.id for one in everybody if shift_rules.is_on_shift(one, hours(one.location), moment))
