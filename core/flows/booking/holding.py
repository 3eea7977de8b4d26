"""A time is kept for some minutes while somebody confirms it. What runs out is nobody's from that moment on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import free_times
from core.booking import store_holds as holds
from core.booking.store_holds import Hold
from core.booking.store_reservations import HOLD, Owner
from core.domain.errors import SlotTaken
from core.domain.ids import new_id
from core.flows.booking import keeping
from core.flows.booking.keeping import TAKEN, Wanted
from core.free_times import Slot, Wish
from core.reference import Reference

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """Who keeps a time and for how long. `kind`: of `store_holds`. `visit_id`: the visit that would move there."""

    kind: str
    minutes: timedelta
    lead_id: str | None = None
    visit_id: str | None = None
    made_by: str | None = None


def hold(
    session: Session, reference: Reference, wish: Wish, starts_at: datetime, holder: Holder, now: datetime
) -> Hold:
    """Keep that time, with whoever suits the wish best of those who are free. A lead keeps one time in one way: what it
    kept so before is let go.

    Raises SlotTaken.
    """
    if holder.lead_id:
        for earlier in holds.of_lead(session, holder.lead_id, holder.kind):
            holds.drop(session, earlier.id)
    for slot in free_at(session, reference, wish, starts_at, now, by_staff=holder.made_by is not None):
        try:
            return _keep(session, reference, wish, slot, holder, now)
        except SlotTaken:
            continue  # somebody was faster with this provider; another one may be free
    raise SlotTaken(TAKEN)


def free_at(
    session: Session, reference: Reference, wish: Wish, at: datetime, now: datetime, *, by_staff: bool = False
) -> list[Slot]:
    """With whom a visit may begin at that moment, best first."""
    times = free_times.read(session, reference, at - A_DAY, at + A_DAY, now)
    return times.fits(wish, at, by_staff=by_staff)


def _keep(
    session: Session, reference: Reference, wish: Wish, slot: Slot, holder: Holder, now: datetime
) -> Hold:
    hold_id, until = new_id(now), now + holder.minutes
    wanted = Wanted(slot.starts_at, slot.provider_id)
    owner = Owner(HOLD, hold_id, until)
    place = keeping.keep(session, reference, wish.service, wish.location, wanted, owner, now)
    made = Hold(
        id=hold_id,
        kind=holder.kind,
        service=wish.service.code,
        location=wish.location,
        provider_id=slot.provider_id,
        room=place.room,
        device=place.device,
        starts_at=slot.starts_at,
        ends_at=place.ends_at,
        lead_id=holder.lead_id,
        visit_id=holder.visit_id,
        made_by=holder.made_by,
        created_at=now,
        expires_at=until,
    )
    holds.add(session, **made.__dict__)
    return made


def let_go(session: Session, hold_id: str) -> bool:
    """Somebody has made up their mind; whether it was still kept."""
    return holds.drop(session, hold_id)
