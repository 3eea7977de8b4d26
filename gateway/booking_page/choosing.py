"""The page on which nothing is booked yet, or a visit moves: where, with whom, when, and what is held. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.booking.catalogue import Service
from core.free_times import Slot
from core.staff.store.treating import Provider
from gateway.booking_page.asked import MOST_LATER
from gateway.booking_page.finding import (
    A_DAY,
    A_DAY_SHOWS,
    SOON,
    Finder,
    a_few,
    by_day,
    end_of,
    firsts,
    one_each,
    open_days,
    without_own,
)
from gateway.booking_page.held import Held, RanOut, held_bar, ran_out
from gateway.booking_page.scene import Scene

DAYS = 5  # open days at once
PEOPLE = 5  # beside 'anyone', before the rest is folded away
WIDE = 2  # where so many are left over in rows of three, the first one takes two places


@dataclass(frozen=True)
class Option:
    """A place or a person, with their first free time in words."""

    label: str
    under: str
    chosen: bool
    href: str


@dataclass(frozen=True)
class Time:
    """One button. `at` is what it sends."""

    at: str
    clock: str
    under: str
    held: bool
    wide: bool


@dataclass(frozen=True)
class Day:
    """One open day. `full`: it has no time left, and had some. `more`: words of a link to all of its times, or ''."""

    anchor: str
    name: str
    date: str
    note: str
    times: Sequence[Time]
    full: bool
    more: str
    more_href: str


@dataclass(frozen=True)
class Choice:
    """Everything between the heading and the foot. `service`: what is chosen."""

    service: Service
    location: str
    places: Sequence[Option]
    people: Sequence[Option]
    more_people: Sequence[Option]
    about: Sequence[str]
    days: Sequence[Day]
    later: str  # the address of later days, '' where there are none
    held: Held | None
    ran_out: RanOut | None
    gone_person: bool  # who was asked for can't be booked there any more


def choose(scene: Scene, service: Service, where: str) -> Choice:
    """`where` '' for no wish: the place of the request, else the one that has the first free time."""
    hold = scene.page.hold
    times = without_own(scene.page.times, scene.held_service(), hold)
    finder = Finder(times, service, scene.language)
    able = {slug: finder.able(slug) for slug in scene.reference.clinic.locations}
    soon = finder.within(scene.now + SOON)
    first_at = {slug: soon.first(slug) or finder.first(slug) for slug, people in able.items() if people}
    location = _location(scene, where, first_at)
    people = able.get(location, ())
    provider = scene.asked.provider if scene.asked.provider in {one.id for one in people} else ""
    first = soon.first(location, provider) or finder.first(location, provider)
    shown, rest = _shown(scene, location, first)
    here = finder.within(end_of(shown[-1], scene.place(location).hours)) if shown else soon
    slots = here.every(location)
    every = _people(scene, finder, location, people, provider, firsts(slots))
    return Choice(
        service=service,
        location=location,
        places=_places(scene, first_at, location),
        people=every[: PEOPLE + 1],
        more_people=every[PEOPLE + 1 :],
        about=_about(scene, people),
        days=_days(scene, here, location, provider, shown, one_each(slots, provider)),
        later=scene.asked.path(later=scene.asked.later + 1) if rest else "",
        held=held_bar(scene, hold) if hold and hold.expires_at > scene.now else None,
        ran_out=ran_out(scene, finder, hold) if hold and hold.expires_at <= scene.now else None,
        gone_person=scene.asked.provider != provider,
    )


def _location(scene: Scene, where: str, first_at: Mapping[str, Slot | None]) -> str:
    for wished in (where, scene.page.lead.location):
        if wished in first_at:
            return wished
    soonest = sorted((slot.starts_at, slug) for slug, slot in first_at.items() if slot)
    return soonest[0][1] if soonest else scene.reference.clinic.default_location


def _places(scene: Scene, first_at: Mapping[str, Slot | None], location: str) -> list[Option]:
    """None where there is but one: nothing to choose."""
    if len(first_at) < 2:
        return []
    return [
        Option(
            scene.place(slug).name,
            _near(scene, slug, slot),
            slug == location,
            scene.asked.path(where=slug, provider="", day="", later=0),
        )
        for slug, slot in first_at.items()
    ]


def _near(scene: Scene, slug: str, slot: Slot | None) -> str:
    return scene.wall(slug).near(slot.starts_at) if slot else scene.say("nothing_soon")


def _people(
    scene: Scene,
    finder: Finder,
    location: str,
    people: Sequence[Provider],
    chosen: str,
    known: Mapping[str, Slot],
) -> list[Option]:
    """`known`: the first times of those who have one on the days that are shown; others are looked for."""
    if len(people) < 2:
        return []
    soonest = {one.id: known.get(one.id) or finder.first(location, one.id) for one in people}
    soonest[""] = min(filter(None, soonest.values()), default=None)
    found = [("", scene.say("anyone")), *((one.id, one.first_name) for one in people)]
    return [
        Option(
            label,
            _near(scene, location, soonest[id_]),
            id_ == chosen,
            scene.asked.path(where=location, provider=id_, day="", later=0),
        )
        for id_, label in found
    ]


def _about(scene: Scene, people: Sequence[Provider]) -> list[str]:
    """`Tess Holloway, licensed aesthetician. ...`: what providers have said of themselves, or what they are."""
    known = {"aesthetician", "nurse_injector", "medical_director"}
    lines = []
    for one in people:
        title = scene.say(one.title) if one.title in known else one.title.replace("_", " ")
        lines.append(
            ". ".join(part for part in (f"{one.name}, {title}" if title else one.name, one.about) if part)
        )
    return lines


def _shown(scene: Scene, location: str, first: Slot | None) -> tuple[list[date], bool]:
    """The open days to show, and whether there are later ones. The day of the first free time is always among them."""
    hours, wall = scene.place(location).hours, scene.wall(location)
    last = wall.today + timedelta(days=scene.reference.bookable.rules.ahead)
    shown = open_days(hours, wall.today, DAYS * (scene.asked.later + 1), last)
    soonest = wall.local(first.starts_at).date() if first else None
    if soonest and (not shown or soonest > shown[-1]):
        shown = [*shown, soonest]
    more = bool(shown) and bool(open_days(hours, shown[-1] + A_DAY, 1, last))
    return shown, more and scene.asked.later < MOST_LATER


def _days(
    scene: Scene, finder: Finder, location: str, provider: str, shown: Sequence[date], slots: Sequence[Slot]
) -> list[Day]:
    """What nobody works on is no full day, and is left out."""
    hours = scene.place(location).hours
    free = by_day(slots, hours)
    possible = _possible(scene, finder, location, provider, shown, free)
    days = [
        _day(scene, location, day, free.get(day, []), possible[day])
        for day in shown
        if day in free or possible[day]
    ]
    return _with_first_wide(days, scene, free)


def _possible(
    scene: Scene,
    finder: Finder,
    location: str,
    provider: str,
    shown: Sequence[date],
    free: Mapping[date, Sequence[Slot]],
) -> dict[date, int]:
    """How many times each day would have if nothing were taken, or more than few: what says whether it is full, and
    whether few are left. Asked of one person after the other who works then, until it is clear of every day."""
    few = scene.reference.bookable.rules.last_few
    hours = scene.place(location).hours
    most = {day: len(free.get(day, ())) for day in shown}
    for one in finder.able(location):
        unclear = {day for day, count in most.items() if count <= few}
        if provider in ("", one.id) and unclear & finder.days_of(one.id, hours):
            alone = by_day(finder.if_nothing_were_taken(location, one.id), hours)
            most = {day: max(count, len(alone.get(day, ()))) for day, count in most.items()}
    return most


def _day(scene: Scene, location: str, day: date, slots: Sequence[Slot], possible: int) -> Day:
    wall = scene.wall(location)
    name, words = wall.heading(day)
    whole = scene.asked.day == day.isoformat()
    hold = scene.page.hold
    held_at = hold.starts_at if hold and hold.location == location and hold.expires_at > scene.now else None
    some = slots if whole else a_few(slots, A_DAY_SHOWS, held_at)
    left = len(slots) - len(some)
    href = scene.asked.path(day="" if whole else day.isoformat())
    fold = scene.say("fewer_times") if whole and len(slots) > A_DAY_SHOWS else ""
    return Day(
        anchor=f"d{day.isoformat()}",
        name=name,
        date=words,
        note=_few(scene, len(slots), day == wall.today, len(slots) < possible),
        times=[_time(scene, location, slot, held_at) for slot in some],
        full=not slots,
        more=scene.say("more_times", count=left) if left else fold,
        more_href=f"{href}#d{day.isoformat()}",
    )


def _few(scene: Scene, count: int, today: bool, fewer: bool) -> str:
    """`last 2 today`: only where the whole day has no more, and had more."""
    if not 0 < count <= scene.reference.bookable.rules.last_few or not (today or fewer):
        return ""
    key = "last_today" if today else "last_that_day"
    return scene.say(f"{key}_one") if count == 1 else scene.say(key, count=count)


def _time(scene: Scene, location: str, slot: Slot, held_at: datetime | None) -> Time:
    who = scene.provider(slot.provider_id)
    held = slot.starts_at == held_at
    if held and scene.page.hold:
        who = scene.say("held_with", who=scene.provider(scene.page.hold.provider_id))
    return Time(slot.starts_at.isoformat(), scene.wall(location).clock(slot.starts_at), who, held, wide=False)


def _with_first_wide(days: list[Day], scene: Scene, free: Mapping[date, list[Slot]]) -> list[Day]:
    """The first free time of all says so, where its day has room for the words."""
    for number, day in enumerate(days):
        if not day.times:
            continue
        times = list(day.times)[: 5 if len(day.times) == A_DAY_SHOWS else None]
        if len(times) % 3 == WIDE and not times[0].held:
            first = times[0]
            times[0] = Time(
                first.at, first.clock, scene.say("first_free", who=first.under), held=False, wide=True
            )
            left = len(free[date.fromisoformat(day.anchor[1:])]) - len(times)
            more = scene.say("more_times", count=left) if left else ""
            days[number] = Day(**{**day.__dict__, "times": times, "more": more or day.more})
        break
    return days
