"""The time that is held for somebody, and what is said once it is not any more. Pure."""

from dataclasses import dataclass

from core.booking.store_holds import Hold
from gateway.booking_page.finding import Finder
from gateway.booking_page.scene import Scene


@dataclass(frozen=True)
class Held:
    """The bar at the thumb. `seconds` of `total` are left."""

    id: str
    when: str
    where: str
    until: str
    button: str
    terms: str
    seconds: int
    total: int
    notice: str
    minute_left: str


@dataclass(frozen=True)
class RanOut:
    """A hold that is over; `at` '' where its time is another's by now."""

    title: str
    words: str
    at: str
    href: str


def held_bar(scene: Scene, hold: Hold) -> Held:
    wall, who = scene.wall(hold.location), scene.provider(hold.provider_id)
    until = wall.clock(hold.expires_at)
    when = wall.short(hold.starts_at)
    free_until = scene.free_until(hold.starts_at, hold.location)
    return Held(
        id=hold.id,
        when=when,
        where=scene.say("held_for_you", who=who, place=scene.place(hold.location).name),
        until=scene.say("until", clock=until),
        button=scene.say("move" if hold.visit_id else "book", when=wall.button(hold.starts_at)),
        terms=scene.say("free_until", when=free_until) if free_until else scene.say("not_free"),
        seconds=int((hold.expires_at - scene.now).total_seconds()),
        total=int((hold.expires_at - hold.created_at).total_seconds()) or 1,
        notice=scene.say("to_held", when=when, clock=until),
        minute_left=scene.say("minute_left"),
    )


def ran_out(scene: Scene, finder: Finder, hold: Hold) -> RanOut | None:
    """Nothing of a time that has passed, and of a visit that moves only where it still may."""
    moving = scene.page.ahead is not None
    if (
        hold.starts_at <= scene.now
        or (hold.visit_id is not None) != moving
        or finder.service.code != hold.service
    ):
        return None
    wall = scene.wall(hold.location)
    free = finder.times.fits(finder.wish(hold.location, hold.provider_id), hold.starts_at)
    words = "still_free" if free else "not_free_now"
    return RanOut(
        title=scene.say("ran_out", clock=wall.clock(hold.expires_at)),
        words=scene.say(words, when=wall.near(hold.starts_at), who=scene.provider(hold.provider_id)),
        at=hold.starts_at.isoformat() if free else "",
        href=scene.asked.path("hold", service=hold.service, where=hold.location, provider=hold.provider_id),
    )
