"""When a service can begin, from what is on and what is taken. Pure; computed each time, stored nowhere.

A moment is a whole minute since 1970 here: months of many providers are cut by comparing integers. A visit lies within
its provider's shift and the location's opening hours; provider, room and device are kept for it from `before` minutes
earlier until `after` minutes later, and all three must be free for as long.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.domain.hours import Span

Minutes = tuple[int, int]  # a stretch, its end left out
Starts = tuple[int, int]  # first and last minute at which something may begin
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Length:
    """How long a visit takes and what is kept around it, in minutes."""

    visit: int
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Candidate:
    """A provider who may give the service: the stretches in which they work, and the length with them."""

    id: str
    shifts: Sequence[Span]
    length: Length


@dataclass(frozen=True)
class Search:
    """`since`, `until`: the first and last moment at which a visit may begin. `pools`: of each group of resources one
    is needed ([['room:room-1', 'room:room-2'], ['device:laser']]). `taken`: by resource, a provider's 'staff:<id>' too,
    in order. `hours`: when the location is open. `step`: minutes on its wall between two times that are offered."""

    since: datetime
    until: datetime
    hours: Sequence[Span]
    pools: Sequence[Sequence[str]]
    taken: Mapping[str, Sequence[Span]]
    zone: ZoneInfo
    step: int


class Opening(NamedTuple):
    """A visit could begin at this minute with this provider. Months hold ten thousand of them."""

    minute: int
    provider_id: str

    @property
    def starts_at(self) -> datetime:
        return moment(self.minute)


def openings(search: Search, candidates: Sequence[Candidate]) -> list[Opening]:
    """In order of time, then of `candidates`."""
    found = [(minute, rank) for rank, minutes in _minutes(search, candidates) for minute in minutes]
    return [Opening(minute, candidates[rank].id) for minute, rank in sorted(found)]


def first(search: Search, candidates: Sequence[Candidate]) -> Opening | None:
    """The first of `openings`, without working out the others."""
    each = ((minute, rank) for rank, all_ in _minutes(search, candidates) for minute in islice(all_, 1))
    found = min(each, default=None)
    return Opening(found[0], candidates[found[1]].id) if found else None


def _minutes(search: Search, candidates: Sequence[Candidate]) -> Iterator[tuple[int, Iterator[int]]]:
    """On the wall's steps, by the place of each in `candidates`; in order."""
    return ((rank, _on_the_wall(found, search)) for rank, found in _stretches(search, candidates))


def _stretches(search: Search, candidates: Sequence[Candidate]) -> Iterator[tuple[int, list[Starts]]]:
    """When a visit may begin with each. What rooms and opening hours leave is worked out once for each length."""
    shared: dict[Length, list[Starts]] = {}
    for rank, candidate in enumerate(candidates):
        length = candidate.length
        if length not in shared:
            shared[length] = _shared(search, length)
        own = _within(candidate.shifts, length)
        free = _gaps(search, f"staff:{candidate.id}", length)
        yield rank, _both(_both(own, free), shared[length])


def fitting(search: Search, candidates: Sequence[Candidate], starts_at: datetime) -> list[Candidate]:
    """With whom a visit may begin at that very moment, on the wall's steps or not; in the order of `candidates`."""
    minute, stretches = _minute(starts_at), _stretches(search, candidates)
    return [
        candidates[rank] for rank, found in stretches if any(first <= minute <= last for first, last in found)
    ]


def free_of(search: Search, pool: Sequence[str], length: Length, starts_at: datetime) -> list[str]:
    """Those of a pool that are free for a visit at that moment, in the pool's order."""
    minute = _minute(starts_at)
    return [
        resource
        for resource in pool
        if any(first <= minute <= last for first, last in _gaps(search, resource, length))
    ]


def kept_for(starts_at: datetime, length: Length) -> Span:
    """What provider, room and device are kept for."""
    return (
        starts_at - length.before * MINUTE,
        starts_at + (length.visit + length.after) * MINUTE,
    )


def moment(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


def _minute(at: datetime) -> int:
    return (at - EPOCH) // MINUTE


def _minute_up(at: datetime) -> int:
    return -((EPOCH - at) // MINUTE)


def _shared(search: Search, length: Length) -> list[Starts]:
    """When a place for it is free in opening hours, whoever gives it."""
    starts = _both(_within(search.hours, length), [(_minute_up(search.since), _minute(search.until))])
    for pool in search.pools:
        any_of = [gap for resource in pool for gap in _gaps(search, resource, length)]
        starts = _both(starts, _joined(any_of))
    return starts


def _within(spans: Iterable[Span], length: Length) -> list[Starts]:
    """A visit that begins then ends within the stretch. Stretches that touch are one."""
    whole = _touching((_minute_up(start), _minute(end)) for start, end in spans)
    return [(start, end - length.visit) for start, end in whole if end - start >= length.visit]


def _gaps(search: Search, resource: str, length: Length) -> list[Starts]:
    """When the resource is free long enough."""
    edge = length.before, length.visit + length.after
    begin, found = _minute(search.since) - length.before, []
    for start, end in search.taken.get(resource, ()):
        found.append((begin + edge[0], _minute(start) - edge[1]))
        begin = max(begin, _minute_up(end))
    found.append((begin + edge[0], _minute(search.until)))
    return [gap for gap in found if gap[0] <= gap[1]]


def _touching(spans: Iterable[Minutes]) -> list[Minutes]:
    whole: list[Minutes] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _joined(starts: Iterable[Starts]) -> list[Starts]:
    """Any of these, in order and without overlap."""
    return [(first, end - 1) for first, end in _touching((first, last + 1) for first, last in starts)]


def _both(some: Sequence[Starts], others: Sequence[Starts]) -> list[Starts]:
    """In one of these and in one of those; each in order and without overlap."""
    found: list[Starts] = []
    at = beside = 0
    while at < len(some) and beside < len(others):
        first = max(some[at][0], others[beside][0])
        last = min(some[at][1], others[beside][1])
        if first <= last:
            found.append((first, last))
        if some[at][1] < others[beside][1]:
            at += 1
        else:
            beside += 1
    return found


def _on_the_wall(starts: Iterable[Starts], search: Search) -> Iterator[int]:
    """The minutes in them at which the wall's clock shows a whole step."""
    for first, last in starts:
        offset = moment(first).astimezone(search.zone).utcoffset() or timedelta()
        late = (first + offset // MINUTE) % search.step
        yield from range(first + (search.step - late) % search.step, last + 1, search.step)
