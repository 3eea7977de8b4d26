"""Which free times the page shows: the first of each place and person, a few a day, the nearest to one that is gone.

Pure: `Times` was read once, and is asked for no longer a stretch than what is shown.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from core.booking.availability import kept_for
from core.booking.catalogue import Service
from core.booking.store_holds import Hold
from core.domain.hours import WeeklyHours, at
from core.free_times import EDGE, Slot, Times, Wish
from core.staff.store.treating import Provider

A_DAY = timedelta(days=1)
SOON = timedelta(days=8)  # where most first times are
A_DAY_SHOWS = 6
NEAREST = 3


@dataclass(frozen=True)
class Finder:
    """Free times of one service, for somebody who reads `language`."""

    times: Times
    service: Service
    language: str

    def wish(self, location: str, provider_id: str = "") -> Wish:
        return Wish(self.service, location, provider_id, self.language)

    def able(self, location: str) -> Sequence[Provider]:
        return self.times.able(self.wish(location))

    def within(self, until: datetime) -> "Finder":
        """The same of a shorter stretch, which is quicker to work through."""
        last, reaches = min(self.times.until, until), until + EDGE
        taken = {
            name: spans[: bisect_left(spans, reaches, key=itemgetter(0))]
            for name, spans in self.times.taken.items()
        }
        return replace(self, times=replace(self.times, until=last, taken=taken))

    def every(self, location: str, provider_id: str = "") -> list[Slot]:
        """Free times in order, one for each of those who are free then."""
        return self.times.free(self.wish(location, provider_id))

    def first(self, location: str, provider_id: str = "") -> Slot | None:
        return self.times.first(self.wish(location, provider_id))

    def days_of(self, provider_id: str, hours: WeeklyHours) -> set[date]:
        """On which somebody has a shift, on the wall of the place."""
        shifts = self.times.shifts.get(provider_id, ())
        return {moment.astimezone(hours.zone).date() for shift in shifts for moment in shift}

    def if_nothing_were_taken(self, location: str, provider_id: str) -> list[Slot]:
        """What providers' shifts and opening hours alone would leave."""
        return one_each(replace(self, times=replace(self.times, taken={})).every(location, provider_id))


def one_each(slots: Sequence[Slot], provider_id: str = "") -> list[Slot]:
    """Each time once, with whom it suits best; `provider_id`: with that one alone."""
    theirs = [slot for slot in slots if provider_id in ("", slot.provider_id)]
    return list({slot.starts_at: slot for slot in reversed(theirs)}.values())[::-1]


def firsts(slots: Sequence[Slot]) -> dict[str, Slot]:
    """The first time of each person."""
    return {slot.provider_id: slot for slot in reversed(slots)}


def without_own(times: Times, service: Service | None, hold: Hold | None) -> Times:
    """What somebody holds themselves is not taken for them. What they held may be another's by now."""
    if service is None or hold is None or hold.expires_at <= times.now:
        return times
    kept = kept_for(hold.starts_at, times.length(service, hold.provider_id))
    mine = {f"staff:{hold.provider_id}", f"room:{hold.room}", f"device:{hold.device}"}
    taken = {
        name: [span for span in spans if span != kept] if name in mine else spans
        for name, spans in times.taken.items()
    }
    return replace(times, taken=taken)


def open_days(hours: WeeklyHours, first: date, count: int, last: date) -> list[date]:
    """The first `count` days from `first` to `last` on which it opens."""
    found: list[date] = []
    day = first
    while day <= last and len(found) < count:
        if hours.on(day):
            found.append(day)
        day += A_DAY
    return found


def end_of(day: date, hours: WeeklyHours) -> datetime:
    return at(day + A_DAY, time(), hours.zone)


def by_day(slots: Sequence[Slot], hours: WeeklyHours) -> Mapping[date, list[Slot]]:
    """Free times under the day of the place's wall."""
    found: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        found[slot.starts_at.astimezone(hours.zone).date()].append(slot)
    return found


def a_few(slots: Sequence[Slot], most: int, held: datetime | None) -> list[Slot]:
    """At most so many of one day, spread over the time in which it has any; the held one is always among them."""
    if len(slots) <= most:
        return list(slots)
    first, last = slots[0].starts_at, slots[-1].starts_at
    part = (last - first) / most
    chosen: dict[datetime, Slot] = {}
    for number in range(most):
        begins, ends = first + number * part, first + (number + 1) * part
        within = [slot for slot in slots if begins <= slot.starts_at < ends or slot.starts_at == last == ends]
        best = next((slot for slot in within if slot.starts_at == held), within[0] if within else None)
        if best:
            chosen[best.starts_at] = best
    rest = (slot for slot in slots if slot.starts_at not in chosen)
    for slot in rest:
        if len(chosen) >= most:
            break
        chosen[slot.starts_at] = slot
    return sorted(chosen.values())


def nearest(finder: Finder, location: str, provider_id: str, wanted: datetime) -> list[tuple[str, Slot]]:
    """The closest to a time that is gone, each with what it has in common with it: ('same_day', slot), ('same_person',
    slot), ('elsewhere', slot). Never the very same time with the same person."""
    near = finder.within(wanted + SOON)
    hours = finder.times.reference.clinic.location(location).hours
    day = wanted.astimezone(hours.zone).date()
    here = by_day(one_each(every := near.every(location)), hours)
    found = [("same_day", slot) for slot in _closest(here.get(day, ()), wanted, 1)]
    theirs = by_day(one_each(every, provider_id), hours)
    next_day = next((other for other in sorted(theirs) if other > day), None)
    if next_day:
        same_hour = at(next_day, wanted.astimezone(hours.zone).time(), hours.zone)
        found += [("same_person", slot) for slot in _closest(theirs[next_day], same_hour, 1)]
    others = [place for place in finder.times.reference.clinic.locations if place != location]
    elsewhere = [slot for place in others for slot in _closest(one_each(near.every(place)), wanted, 1)]
    found += [("elsewhere", slot) for slot in _closest(elsewhere, wanted, 1)]
    return found[:NEAREST]


def _closest(slots: Sequence[Slot], wanted: datetime, count: int) -> list[Slot]:
    return sorted(slots, key=lambda slot: abs(slot.starts_at - wanted))[:count]
