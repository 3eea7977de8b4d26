"""The page of a time that went to somebody else between seeing and tapping: what is closest to it. Pure."""

from dataclasses import dataclass, replace

from core.booking.catalogue import Service
from core.flows.booking.by_link import Picked
from core.free_times import Slot
from gateway.booking_page.finding import Finder, nearest, without_own
from gateway.booking_page.scene import Scene


@dataclass(frozen=True)
class Near:
    """One button that holds another time: its address, and the moment that it sends."""

    when: str
    why: str
    at: str
    href: str


@dataclass(frozen=True)
class Taken:
    """`words` say what became of the time; `clock` '' for one that nobody could have had."""

    title: str
    words: str
    clock: str
    near: list[Near]


def taken(scene: Scene, service: Service, picked: Picked) -> Taken:
    say, wall = scene.say, scene.wall(picked.location)
    times = without_own(scene.page.times, scene.held_service(), scene.page.hold)
    finder = Finder(times, service, scene.language)
    ahead = scene.page.ahead
    still = (
        say("taken_moving", when=wall.near(ahead.starts_at))
        if ahead and ahead.starts_at
        else say("taken_why")
    )
    offered = _could_be(finder, picked)
    clock = wall.clock(picked.at)
    found = nearest(finder, picked.location, picked.provider_id, picked.at)
    return Taken(
        title=say("taken", clock=clock) if offered else say("gone_time"),
        words=still if offered else "",
        clock=clock if offered else "",
        near=[_near(scene, why, slot) for why, slot in found],
    )


def _could_be(finder: Finder, picked: Picked) -> bool:
    """Whether anybody might have had it: shifts and opening hours have room for it."""
    empty = replace(finder.times, taken={})
    return bool(empty.fits(finder.wish(picked.location, picked.provider_id), picked.at))


def _near(scene: Scene, why: str, slot: Slot) -> Near:
    who, place = scene.provider(slot.provider_id), scene.place(slot.location)
    return Near(
        when=scene.wall(slot.location).short(slot.starts_at),
        why=scene.say(why, who=who, place=place.name),
        at=slot.starts_at.isoformat(),
        href=scene.asked.path("hold", where=slot.location, provider=slot.provider_id),
    )
