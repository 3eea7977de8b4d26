"""Which page a request gets: of a visit that stands, of times to choose from, of services to choose first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.booking.catalogue import Service
from core.booking.store import Visit
from gateway.booking_page.asked import Asked
from gateway.booking_page.choosing import Choice, choose
from gateway.booking_page.scene import Scene
from gateway.booking_page.standing import cancelling, standing, too_late
from gateway.booking_page.words import speak

CHANGE, CANCEL, SERVICES = "change", "cancel", "services"
CANCELLED, CALL_ASKED = "cancelled", "call"  # what `?done=` may say while nothing is booked


@dataclass(frozen=True)
class Shown:
    """A template of `templates/booking` and what it prints."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


def frame(asked: Asked, language: str) -> dict[str, Any]:
    """What every page of a link has."""
    other = "en" if language == "es" else "es"
    return {
        "say": speak(language),
        "lang": language,
        "asked": asked,
        "other": asked.path(lang=other),
        "other_lang": other,
    }


def show(scene: Scene, notice: str = "") -> Shown:
    """`notice`: words of what was refused just now."""
    shown = _show(scene, notice)
    return Shown(
        shown.template,
        frame(scene.asked, scene.language) | {"notice": notice, "good": ""} | dict(shown.values),
    )


def nothing_free(shown: Shown) -> bool:
    """Whether a page of times has none: those of the days that were read are all taken."""
    choice: Choice | None = shown.values.get("choice")
    return choice is not None and not any(day.times for day in choice.days)


def _show(scene: Scene, notice: str) -> Shown:
    visit, step = scene.page.ahead, scene.asked.step
    if visit is None:
        return _choose(scene, notice)
    if step not in (CHANGE, CANCEL) and (visit.starts_at is None or visit.starts_at > scene.now):
        return Shown("booked.html", {"visit": standing(scene, visit)})
    service = scene.service(visit.service)
    if step == CANCEL and scene.may_change(visit):
        return Shown("cancel.html", {"question": cancelling(scene, visit), "movable": _movable(scene, visit)})
    if step == CHANGE and service and _movable(scene, visit):
        return _move(scene, visit, service)
    title, words = too_late(scene, visit)
    return Shown("too_late.html", {"title": title, "words": words})


def _movable(scene: Scene, visit: Visit) -> bool:
    service = scene.service(visit.service)
    return service is not None and not service.retired and scene.may_change(visit)


def _move(scene: Scene, visit: Visit, service: Service) -> Shown:
    choice = choose(scene, service, scene.asked.where or visit.location)
    wall = scene.wall(visit.location)
    at = visit.starts_at
    values = {
        "choice": choice,
        "title": scene.say("change_title"),
        "now": scene.say("now", when=wall.short(at)) if at else "",
        "keep": scene.say("keep", when=wall.button(at)) if at else "",
        "moves": True,
        "needs": None,
    }
    return Shown("choose.html", values | _around(scene, service, choice.location))


def _choose(scene: Scene, notice: str) -> Shown:
    wanted, gone = _wanted(scene)
    if wanted is None or scene.asked.step == SERVICES:
        return _services(scene, notice or (scene.say("gone_service") if gone else ""))
    service = scene.reference.bookable.due_first(wanted, scene.page.had)
    if service.retired or not service.online:
        return _services(scene, scene.say("needs_call", service=wanted.name(scene.language)))
    hold = scene.page.hold
    held = hold and hold.expires_at > scene.now and hold.service == service.code
    choice = choose(scene, service, scene.asked.where or (hold.location if hold and held else ""))
    values = {
        "choice": choice,
        "title": scene.named("pick"),
        "needs": _needs(scene, wanted, service),
        "good": _good(scene),
        "now": "",
        "moves": False,
        "notice": notice or (scene.say("gone_person") if choice.gone_person else ""),
    }
    return Shown("choose.html", values | _around(scene, service, choice.location))


def _wanted(scene: Scene) -> tuple[Service | None, bool]:
    """The service of the address, of the held time, of the link, of its visit, or of the treatment that was asked for;
    whether one that was named is not offered any more."""
    page, catalogue = scene.page, scene.reference.bookable
    held = page.hold.service if page.hold and page.hold.expires_at > scene.now else ""
    last = page.last.service if page.last and page.last.id == page.link.visit_id else ""
    for code in (scene.asked.service, held, page.link.service, last):
        if code:
            found = catalogue.services.get(code)
            return (found, False) if found and found.online and not found.retired else (None, True)
    asked_for = catalogue.for_treatment(page.lead.treatment) if page.theirs else []
    return (asked_for[0] if asked_for else None), False


def _needs(scene: Scene, wanted: Service, first: Service) -> tuple[str, str] | None:
    if wanted.code == first.code:
        return None
    name = wanted.name(scene.language)
    title = scene.say("needs", service=name, first=first.name(scene.language).lower())
    return title, scene.say("needs_why", service=name)


def _good(scene: Scene) -> str:
    """What just happened, where it left nothing booked."""
    last, asked = scene.page.last, scene.asked
    if asked.done == CANCELLED and last and last.state == "cancelled" and last.starts_at:
        when = scene.wall(last.location).short(last.starts_at)
        return f"{scene.say('cancelled', when=when)} {scene.say('cancelled_why')}"
    if asked.done == CALL_ASKED and scene.page.call_at:
        who, when = scene.page.person.owner, scene.wall(scene.page.lead.location).near(scene.page.call_at)
        return (
            scene.say("call_asked", who=who, when=when) if who else scene.say("call_asked_nobody", when=when)
        )
    return ""


def _around(scene: Scene, service: Service, location: str) -> dict[str, Any]:
    owner = scene.page.person.owner
    return {
        "line": scene.line(service, scene.asked.provider),
        "speed": scene.speed,
        "deposit": scene.say("deposit", words=service.deposit) if service.deposit else "",
        "for_whom": scene.for_whom(),
        "call_me": scene.say("call_me", who=owner) if owner else scene.say("call_me_nobody"),
        "call_at": scene.page.call_at,
        "ahead_days": scene.reference.bookable.rules.ahead,
        "policy": _policy(scene),
        "foot_lines": scene.foot(location),
    }


def _policy(scene: Scene) -> str:
    rules = scene.reference.bookable.rules
    return (rules.policy_es if scene.language == "es" else "") or rules.policy


def _services(scene: Scene, notice: str) -> Shown:
    offered = [
        (one.name(scene.language), scene.line(one).partition(", ")[2], scene.asked.path("", service=one.code))
        for one in scene.reference.bookable.online()
    ]
    values = {"services": offered, "notice": notice, "foot_lines": scene.foot(scene.page.lead.location)}
    return Shown("services.html", values)
