"""Somebody says that they are available, busy, on a break or off duty; a manager says it of others.

New leads go to who is available; who says so is back on the rotation, and what waited for somebody goes to them in the
same transaction. Whatever else somebody chose ends by itself (`shift_rules.end_of`), so that a click which was
forgotten costs a day at most. Their leads stay theirs: alerts about them go to who is there meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.leads import draining, rotation
from core.reference import Reference
from core.settings import Settings
from core.staff import plan_rules, shift_rules
from core.staff.store import accounts, rota


@dataclass(frozen=True)
class Standing:
    """What holds now. `until` None: until they say otherwise, or for available."""

    status: str
    until: datetime | None


def set_status(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    staff_id: str,
    status: str,
    minutes: int | None = None,
    *,
    now: datetime,
    origin: str = "",
) -> Standing:
    """From now on, for so many minutes or the whole day. Raises Denied, NotFound, InvalidInput(status, minutes)."""
    own = staff_id == actor.staff_id
    require(actor, Permission.KEEP_ACCOUNT if own else Permission.PLAN_SHIFTS)
    if status not in shift_rules.STATUSES:
        raise InvalidInput.of("status", f"Choose one of {', '.join(shift_rules.STATUSES)}.")
    person = accounts.by_id(session, staff_id)
    zone = reference.clinic.hours(person.location).zone
    until = shift_rules.end_of(status, plan_rules.minutes(minutes), zone, now)
    rota.set_status(session, staff_id, status, until)
    if own and status == shift_rules.AVAILABLE:
        rotation.at_work(session, staff_id, now)
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="status_set",
        subject=person.username,
        origin=origin,
        detail={"status": status, "until": until.isoformat(timespec="minutes") if until else None},
        now=now,
    )
    if status == shift_rules.AVAILABLE:
        draining.drain_in(session, reference, settings, now=now)
    return Standing(status, until)
