"""A manager copies the shifts of the week before: looked at first, then written as dates with hours of their own."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.hours import at
from core.domain.roles import Actor, Permission, require
from core.reference import Reference
from core.staff import copying_rules
from core.staff.copying_rules import A_WEEK, CLOSED, Change
from core.staff.store import people, rota


@dataclass(frozen=True)
class Copied:
    """One date of a person, by name."""

    name: str
    change: Change


def preview(
    session: Session, reference: Reference, actor: Actor, monday: date, location: str = "", *, now: datetime
) -> list[Copied]:
    """What would change, by person and date; what is left as it is for a closed day is among it. `location`: '' for
    everybody. Raises Denied, InvalidInput(week)."""
    require(actor, Permission.PLAN_SHIFTS)
    if monday.weekday():
        raise InvalidInput.of("week", "A week begins on a Monday.")
    clinic = reference.clinic
    today = now.astimezone(clinic.zone).date()
    begins = at(monday - A_WEEK, datetime.min.time(), clinic.zone)
    plans = rota.rotas(session, begins, begins + 3 * A_WEEK)
    found = [
        change
        for one in plans
        if location in ("", one.location or clinic.default_location)
        for change in copying_rules.changes(one, clinic.hours(one.location), monday, today)
    ]
    names = people.names(session, [change.staff_id for change in found])
    said = [Copied(names.get(change.staff_id, "Somebody"), change) for change in found]
    return sorted(said, key=lambda one: (one.name, one.change.day))


def copy(
    session: Session,
    reference: Reference,
    actor: Actor,
    monday: date,
    location: str = "",
    *,
    now: datetime,
    origin: str = "",
) -> int:
    """Write it down, as things stand now; how many dates. Raises Denied, InvalidInput(week)."""
    wanted = preview(session, reference, actor, monday, location, now=now)
    written = [one.change for one in wanted if one.change.conflict != CLOSED]
    for one in written:
        if one.own:
            rota.set_day(session, one.staff_id, one.day, one.after, by=actor.staff_id, now=now)
        else:
            rota.clear_day(session, one.staff_id, one.day)
    if not written:
        raise InvalidInput.of("week", "Nothing differs from the week before.")
    detail = {"week": monday.isoformat(), "dates": len(written)}
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="week_copied",
        subject=location,
        origin=origin,
        detail=detail,
        now=now,
    )
    return len(written)
