"""Who is at work now."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.reference import Reference
from core.staff import shift_rules
from core.staff.store import rota


def at_work(session: Session, reference: Reference, now: datetime) -> frozenset[str]:
    """The ids of those on shift who are neither off duty nor on a break."""
    hours = reference.clinic.hours
    everybody = rota.at(session, now)
    return frozenset(one.id for one in everybody if shift_rules.is_at_work(one, hours(one.location), now))
