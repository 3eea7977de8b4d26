"""The page of a visit that stands: booked, about to be cancelled, too late to change by link. Pure."""

from dataclasses import dataclass

from core.booking.rules import CANCELLED_BY_PATIENT, change_until
from core.booking.store import Visit
from gateway.booking_page.scene import Scene

AGAIN, BOOKED, MOVED = "again", "booked", "moved"  # what `?done=` may say of a visit that stands


@dataclass(frozen=True)
class Standing:
    """A visit in words. `when` '' where it has no time yet; `until`: until when it may be changed by link, '' for not
    any more; `line`: what and with whom; `movable`: by this page, not only cancelled."""

    title: str
    when: str
    line: str
    place: str
    until: str
    movable: bool
    note: str
    texted: str
    door: str
    code: str


def standing(scene: Scene, visit: Visit) -> Standing:
    say, page = scene.say, scene.page
    place, wall = scene.place(visit.location), scene.wall(visit.location)
    when = wall.long(visit.starts_at) if visit.starts_at else ""
    open_until = scene.free_until(visit.starts_at, visit.location) if visit.starts_at else ""
    just = scene.asked.done in (BOOKED, AGAIN)
    texted = page.texted and page.theirs
    return Standing(
        title=scene.named("moved" if scene.asked.done == MOVED else "booked"),
        when=when[:1].upper() + when[1:] if when else say("no_time"),
        line=_line(scene, visit),
        place=f"{place.name}, {place.address}",
        until=open_until,
        movable=bool(visit.service),
        note=say("not_twice") if scene.asked.done == AGAIN else "",
        texted=say("text_coming") if texted and just else "",
        door=say("at_the_door") if texted and visit.starts_at else "",
        code=say("reference", code=visit.code) if visit.code else "",
    )


def _line(scene: Scene, visit: Visit) -> str:
    """`HydraFacial, 50 min, $189, with Tess Holloway`; '' for somebody whose number the link did not go to, and until
    a person has opened it."""
    service = scene.service(visit.service)
    if not scene.page.theirs or not scene.page.opened:
        return ""
    what = scene.line(service, visit.provider_id or "", visit.price_cents) if service else ""
    who = scene.say("with_who", who=scene.page.provider) if scene.page.provider else ""
    joined = ", ".join(part for part in (what, who) if part)
    return joined[:1].upper() + joined[1:]


@dataclass(frozen=True)
class Cancelling:
    """The question. `reasons`: (code, words); `seen`: the time that it is about, as the form sends it back."""

    title: str
    seen: str
    lead: str
    reasons: list[tuple[str, str]]


def cancelling(scene: Scene, visit: Visit) -> Cancelling:
    """For a visit that may still be cancelled by link."""
    say, wall = scene.say, scene.wall(visit.location)
    until = scene.free_until(visit.starts_at, visit.location) if visit.starts_at else ""
    who = scene.page.provider.partition(" ")[0]
    lead = say("cancel_lead", when=until, who=who) if who else say("cancel_lead_nobody", when=until)
    return Cancelling(
        title=say("cancel_title", when=wall.button(visit.starts_at) if visit.starts_at else ""),
        seen=visit.starts_at.isoformat() if visit.starts_at else "",
        lead=lead,
        reasons=[(code, say(f"reason_{code}")) for code in CANCELLED_BY_PATIENT],
    )


def too_late(scene: Scene, visit: Visit) -> tuple[str, str]:
    """Title and words for a visit that its link does not change any more."""
    if visit.starts_at is None:
        return scene.named("booked"), scene.say("no_time")
    wall = scene.wall(visit.location)
    title = "too_late_past" if visit.starts_at <= scene.now else "too_late_ahead"
    ended = change_until(visit.starts_at, scene.reference.bookable.rules.change)
    words = (
        scene.say("too_late_why", when=wall.near(ended)) if ended < scene.now else scene.say("too_late_call")
    )
    return scene.say(title, when=wall.near(visit.starts_at)), words
