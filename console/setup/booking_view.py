"""What can be booked, for its editors: what the list says of each, what a draft leads to, the first free time."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from console.live import millis
from console.parts.component import Message
from console.process import current_app
from console.shell import Outcome, ask
from core.booking import catalogue_bodies
from core.booking.catalogue import DEVICE, ROOM, BookingRules, Catalogue, Package, Resource, Service
from core.domain.roles import Actor, Permission, require
from core.reads.parts import bookable as reasons
from core.reads.parts.bookable import FirstFree, first_free, givers
from core.reference import Reference
from core.setup.bookable import PACKAGES, RESOURCES, RULES, SERVICES
from core.versions.rules import Body

Row = dict[str, Any]
TITLES = {
    SERVICES: "Services",
    RESOURCES: "Rooms and devices",
    PACKAGES: "Packages",
    RULES: "Booking rules",
}


def about(kind: str, body: Body) -> str:
    """What the list says of it: '13 offered'."""
    return _ABOUT[kind](body)


def _services(body: Body) -> str:
    return f"{sum(not one.retired for one in catalogue_bodies.read_services(body)[0])} offered"


def _resources(body: Body) -> str:
    kinds = [one.kind for one in catalogue_bodies.read_resources(body)[0] if not one.retired]
    return f"{_count(kinds.count(ROOM), 'room')}, {_count(kinds.count(DEVICE), 'device')}"


def _packages(body: Body) -> str:
    return f"{sum(not one.retired for one in catalogue_bodies.read_packages(body)[0])} offered"


def _rules(body: Body) -> str:
    minutes = int(catalogue_bodies.read_rules(body)[0].change.total_seconds()) // 60
    return f"Free change until {_span(minutes)} before"


_ABOUT: Mapping[str, Callable[[Body], str]] = {
    SERVICES: _services,
    RESOURCES: _resources,
    PACKAGES: _packages,
    RULES: _rules,
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _span(minutes: int) -> str:
    """'90 min', '2 h', '3 days'."""
    for size, unit in ((24 * 60, "day"), (60, "h")):
        if minutes and minutes % size == 0:
            return _count(minutes // size, unit) if unit == "day" else f"{minutes // size} {unit}"
    return f"{minutes} min"


def look_at_services(body: Body) -> Row:
    """Why each of them could be booked nowhere, by its place in the list."""
    services, _ = catalogue_bodies.read_services(body)
    with current_app().db.read() as session:
        found = givers(session, current_app().reference, current_app().clock.now())
    reference = _with(services=catalogue_bodies.by_code(services))
    told = {
        str(number): reasons.nowhere(reference, found, one)
        for number, one in enumerate(services)
        if not one.retired
    }
    return {"lacks": {number: f"Can't be booked: {words}" for number, words in told.items() if words}}


def look_at_resources(body: Body) -> Row:
    """What each location has no room or device for, though a service asks for it."""
    reference = _with(resources=catalogue_bodies.by_code(catalogue_bodies.read_resources(body)[0]))
    offered = reference.bookable.offered()
    return {
        "places": {slug: _unserved(reference, slug) for slug in reference.clinic.locations},
        "rooms": sorted({one.room for one in offered if one.room}),
        "devices": sorted({one.device for one in offered if one.device}),
    }


def _unserved(reference: Reference, location: str) -> list[str]:
    wanting: dict[tuple[str, str], list[str]] = {}
    for one in reference.bookable.offered():
        for kind, wanted in ((ROOM, one.room), (DEVICE, one.device)):
            if wanted and not reference.bookable.of_type(kind, wanted, location):
                wanting.setdefault((kind, wanted), []).append(one.label)
    return [
        f"No {kind} for '{wanted}': {reasons.named(labels)} can't be booked here."
        for (kind, wanted), labels in wanting.items()
    ]


def look_at_packages(body: Body) -> Row:
    """What each saves against so many single visits, by its place in the list."""
    services = current_app().reference.bookable.services
    packages, _ = catalogue_bodies.read_packages(body)
    return {
        "saves": {
            str(number): saved_words(one, services[one.service])
            for number, one in enumerate(packages)
            if one.service in services
        }
    }


def saved_words(one: Package, service: Service) -> str:
    """'Saves $87, 15 %'"""
    single = service.price_cents * one.visits
    saved = one.saved_cents(service.price_cents)
    if not saved:
        return f"Saves nothing: {one.visits} single visits are ${single // 100:,}"
    return f"Saves ${saved // 100:,}, {round(100 * saved / single)} %"


def look_at_rules(body: Body) -> Row:
    """The two spans that patients' words should agree with."""
    rules, _ = catalogue_bodies.read_rules(body)
    return {"change": _span(_minutes(rules)), "link": _count(rules.link.days, "day")}


def _minutes(rules: BookingRules) -> int:
    return int(rules.change.total_seconds()) // 60


def _with(**changes: Mapping[str, Service | Resource]) -> Reference:
    """What is in use, with a draft's part in its place."""
    reference = current_app().reference
    laid: Catalogue = replace(reference.bookable, **changes)  # type: ignore[arg-type]
    return replace(reference, bookable=laid)


def first(message: Message) -> Outcome:
    """When one service of a draft would be free first, at each location; nothing where it can't be read."""
    sent = message.get("body")
    services, problems = catalogue_bodies.read_services(
        {"services": [sent if isinstance(sent, Mapping) else {}]}
    )
    is_faulty = any(not one.field.endswith(".needs") for one in problems)
    app = current_app()

    def read(session: Session, actor: Actor) -> list[Row]:
        require(actor, Permission.SEE_SETUP)
        if is_faulty:
            return []  # its faults stand at its fields
        return [_first(one) for one in first_free(session, app.reference, services[0], app.clock.now())]

    return ask(read)


def _first(one: FirstFree) -> Row:
    return {
        "place": one.place,
        "at": millis(one.slot.starts_at) if one.slot else None,
        "provider": one.provider,
        "why": one.why or ("" if one.slot else "No free time in the next four weeks"),
    }
