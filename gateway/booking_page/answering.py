"""Answers to a request for the page: read what is so, and render it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.responses import Response

from core.app import App
from core.booking.store_holds import Hold
from core.domain.ids import is_id
from core.flows.booking import links
from core.flows.booking.by_link import Picked
from core.flows.booking.links import Door, Look
from core.reads import booking_page
from gateway import pages
from gateway.booking_page import doors
from gateway.booking_page.asked import Asked, time_of
from gateway.booking_page.moments import Wall
from gateway.booking_page.scene import Scene
from gateway.booking_page.showing import CHANGE, Shown, frame, nothing_free, show
from gateway.booking_page.taken import taken
from gateway.booking_page.words import speak

A_LOOK = 14  # days that are read at first: five open days, and where nobody has any soon the days after them
A_LATER_LOOK = 8  # more for each time that somebody asks for later days


@dataclass(frozen=True)
class Visitor:
    """One request of one browser. `sent`: the fields of a form."""

    app: App
    asked: Asked
    browser: str
    now: datetime
    sent: Mapping[str, str] = field(default_factory=dict)


def page(visitor: Visitor, fault: str = "", status: int = 200) -> Response:
    """The page as it is now. `fault`: the key of words about what was refused."""
    look, scene = _read(visitor, A_LOOK + A_LATER_LOOK * visitor.asked.later)
    if scene is None:
        return door(visitor, look)
    words = scene.say(fault) if fault else ""
    shown = show(scene, words)
    if nothing_free(shown):
        scene = _read(visitor, 0)[1] or scene
        shown = show(scene, words)
    return render(shown, status)


def _read(visitor: Visitor, days: int) -> tuple[Look, Scene | None]:
    """`days` 0 for as many as can be booked ahead."""
    reference, now = visitor.app.reference, visitor.now
    ahead = reference.bookable.rules.ahead
    with visitor.app.db.read() as session:
        look = links.look(session, visitor.asked.code, visitor.browser, now)
        if look.door is not Door.OPEN or look.link is None or look.lead is None:
            return look, None
        found = booking_page.read(session, reference, look.link, look.lead, min(days or ahead, ahead), now)
    return look, Scene(reference, found, visitor.asked, now, visitor.app.clock.speed)


def door(visitor: Visitor, look: Look, fault: str = "", status: int = 0) -> Response:
    reference, wish = visitor.app.reference, visitor.asked
    language = doors.language_of(reference, wish)
    wall = Wall(reference.clinic.zone, language, visitor.now)
    shown = doors.door(reference, wish, look, wall, speak(language)(fault) if fault else "")
    return render(shown, status or doors.STATUS[look.door])


def say(app: App, wish: Asked, key: str, status: int, **values: object) -> Response:
    return render(doors.message(app.reference, wish, key, **values), status)


def render(shown: Shown, status: int = 200) -> Response:
    return pages.render(f"booking/{shown.template}", status, **shown.values)


def gone(visitor: Visitor) -> Response:
    """The time that was tapped, or was held, is somebody else's: what is closest to it."""
    look, scene = _read(visitor, 0)
    if scene is None:
        return door(visitor, look)
    picked = _wished(visitor, scene.page.hold)
    ahead = scene.page.ahead
    service = scene.service(ahead.service if ahead else picked.service) if picked else None
    if picked is None or service is None:
        return page(visitor, "gone_hold", 409)
    wish = replace(visitor.asked, service=picked.service, where=picked.location, provider=picked.provider_id)
    scene = replace(scene, asked=wish)
    found = taken(scene, service, picked)
    moves = ahead is not None
    values = frame(wish, scene.language) | {
        "gone": found,
        "moves": moves,
        "foot_lines": scene.foot(picked.location),
    }
    return render(Shown("taken.html", values), 409)


def _wished(visitor: Visitor, held: Hold | None) -> Picked | None:
    if visitor.sent.get("at"):
        return picked_time(visitor)
    if held is None or held.id != hold_id(visitor):
        return None
    return Picked(
        held.service, held.location, held.provider_id, held.starts_at, moves=held.visit_id is not None
    )


def picked_time(visitor: Visitor) -> Picked:
    """Raises InvalidInput(at)."""
    wish = visitor.asked
    at = time_of(visitor.sent.get("at", ""))
    return Picked(wish.service, wish.where, wish.provider, at, moves=wish.step == CHANGE)


def hold_id(visitor: Visitor) -> str:
    sent = visitor.sent.get("hold", "")
    return sent if is_id(sent) else ""
