"""Free times as somebody outside asks for them: of some days, near a time that is gone, of days of the widget."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import free_times
from core.free_times import Slot, Wish
from core.reference import Reference

DAY = timedelta(days=1)
NEAR, APART = 5, timedelta(minutes=30)
AROUND = timedelta(days=10)
SOON, AT_A_TIME = timedelta(days=2), timedelta(days=14)  # most are found at once


def between(
    session: Session, reference: Reference, wish: Wish, since: datetime, until: datetime, now: datetime
) -> list[Slot]:
    """Each time once, with whom it suits best."""
    return free_times.read(session, reference, since, until, now).free(wish, once=True)


def first_from(
    session: Session, reference: Reference, wish: Wish, since: datetime, now: datetime
) -> Slot | None:
    """The first free time from then on, as far ahead as may be booked."""
    end = now + timedelta(days=reference.bookable.rules.ahead)
    since, further = max(since, now), SOON
    while since < end:
        found = between(session, reference, wish, since, since + further, now)
        if found:
            return found[0]
        since, further = since + further, AT_A_TIME
    return None


def near(session: Session, reference: Reference, wish: Wish, at: datetime, now: datetime) -> list[Slot]:
    """Up to NEAR times around one that is gone, in order; with others where the one who was asked for has too few."""
    found = _near(session, reference, wish, at, now)
    if len(found) < NEAR and wish.provider_id:
        anyone = Wish(wish.service, wish.location)
        known = {slot.starts_at for slot in found}
        more = [slot for slot in _near(session, reference, anyone, at, now) if slot.starts_at not in known]
        found += more[: NEAR - len(found)]
    return sorted(found, key=lambda slot: slot.starts_at)


def _near(session: Session, reference: Reference, wish: Wish, at: datetime, now: datetime) -> list[Slot]:
    slots = between(session, reference, wish, max(now, at - AROUND), max(now, at) + AROUND, now)
    found: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: abs(slot.starts_at - at)):
        if all(abs(slot.starts_at - one.starts_at) >= APART for one in found):
            found.append(slot)
        if len(found) == NEAR:
            break
    return found
