"""The free times of a service on one day, for who books on the phone; where there are none, why, and the next one."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core import free_times
from core.domain.errors import InvalidInput
from core.domain.hours import A_DAY, at
from core.domain.roles import Actor, Permission, require
from core.free_times import Slot, Wish
from core.reads.parts import bookable
from core.reference import Reference

NEXT_WITHIN = timedelta(weeks=4)


@dataclass(frozen=True)
class FreeDay:
    """`slots`: in order, one for each moment, with whom it suits best; `names`: of providers by id. `next`: the first
    one after a day that has none; `why`: why there is none at all, where that is known."""

    slots: tuple[Slot, ...]
    names: dict[str, str]
    next: Slot | None = None
    why: str = ""


def read(
    session: Session,
    actor: Actor,
    reference: Reference,
    service: str,
    location: str,
    provider_id: str,
    day: date,
    *,
    now: datetime,
) -> FreeDay:
    """Staff are not bound by how long before a patient must book. Raises Denied, InvalidInput(service, location)."""
    require(actor, Permission.WORK_LEADS)
    wanted = reference.bookable.services.get(service)
    if wanted is None or wanted.retired:
        raise InvalidInput.of("service", "This is not offered any more. Choose another one.")
    if location not in reference.clinic.locations:
        raise InvalidInput.of("location", "Choose one of the clinic's locations.")
    zone = reference.clinic.location(location).hours.zone
    since, until = max(now, at(day, time(), zone)), at(day + A_DAY, time(), zone)
    wish = Wish(wanted, location, provider_id)
    times = free_times.read(session, reference, since, max(since, until), now)
    names = {one.id: one.name for one in times.providers}
    free = [slot for slot in times.free(wish, by_staff=True) if slot.starts_at < until]
    slots = _one_for_each_moment(free)
    if slots:
        return FreeDay(slots, names)
    later = free_times.read(session, reference, since, since + NEXT_WITHIN, now)
    found = next(iter(later.free(wish, by_staff=True)), None)
    reason = bookable.why_not(reference, bookable.givers(session, reference, now), wanted, location)
    place = reference.clinic.location(location).name
    return FreeDay((), names, found, bookable.at_place(place, reason) if reason and not found else "")


def _one_for_each_moment(slots: list[Slot]) -> tuple[Slot, ...]:
    first: dict[datetime, Slot] = {}
    for slot in slots:
        first.setdefault(slot.starts_at, slot)
    return tuple(first.values())
