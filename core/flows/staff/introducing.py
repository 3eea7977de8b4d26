"""How patients may choose whoever gives treatments: a gender that honours their wishes, and a few words about them.

Providers say it of themselves, a manager of others. Both are empty unless somebody said so: nothing is offered then.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, Role, require
from core.flows.staff import noting
from core.staff import profile_rules
from core.staff.profile_rules import Introduction
from core.staff.store import accounts


def introduce(
    session: Session, actor: Actor, staff_id: str, wanted: Introduction, *, now: datetime, origin: str = ""
) -> None:
    """Raises Denied, NotFound, and InvalidInput(gender, about)."""
    require(actor, Permission.KEEP_ACCOUNT if staff_id == actor.staff_id else Permission.PLAN_SHIFTS)
    person = accounts.by_id(session, staff_id)
    tidy = Introduction(wanted.gender, " ".join(wanted.about.split()))
    faults = profile_rules.introduction_errors(tidy, gives=person.role == Role.PROVIDER)
    if faults:
        raise InvalidInput(faults)
    changed = accounts.change(session, staff_id, {"gender": tidy.gender, "about": tidy.about})
    if changed:
        noting.note(session, actor.staff_id, "staff_introduced", person.username, origin, now, fields=changed)
