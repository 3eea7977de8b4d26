"""What can be booked: services, the rooms and devices that they need, packages, and the rules of booking. Pure.

A `type` is a word that a service asks for and a room or a device has, such as 'treatment' or 'laser'.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import time, timedelta

from core.domain.hours import Window

ROOM, DEVICE = "room", "device"
RESOURCE_KINDS = {ROOM: "Room", DEVICE: "Device"}


@dataclass(frozen=True)
class Service:
    """One thing that can be booked.

    `treatment`: of the clinic's list, '' for none; its group is the skill that a provider needs. `minutes`: of the
    visit as the patient knows it. `before`, `after`: what provider, room and device are kept for around it; `after`
    None is the clinic's clean-up. `needs`: the code of a service that the patient must have had. `notice`: how long
    before it may still be booked; None is the clinic's. `room`, `device`: the type of each that it needs, '' for none.
    """

    code: str
    label: str
    treatment: str
    kind: str
    minutes: int
    es: str = ""
    by_provider: Mapping[str, int] = field(default_factory=dict)
    before: int = 0
    after: int | None = None
    price_cents: int = 0
    deposit: str = ""
    needs: str = ""
    notice: int | None = None
    online: bool = True
    room: str = ""
    device: str = ""
    seniority: int = 1
    retired: bool = False

    def minutes_with(self, provider_id: str) -> int:
        """How long it takes with this provider."""
        return self.by_provider.get(provider_id, self.minutes)

    def name(self, language: str) -> str:
        return (self.es if language == "es" else "") or self.label


@dataclass(frozen=True)
class Resource:
    """A room or a device of one location."""

    code: str
    label: str
    kind: str
    location: str
    types: frozenset[str]
    retired: bool = False


@dataclass(frozen=True)
class Package:
    """Several visits of one service together."""

    code: str
    label: str
    service: str
    visits: int
    price_cents: int
    es: str = ""
    retired: bool = False

    def saved_cents(self, single_cents: int) -> int:
        """Against so many single visits; 0 where it saves nothing."""
        return max(0, single_cents * self.visits - self.price_cents)


@dataclass(frozen=True)
class BookingRules:
    """How booking goes. `ahead`: how many days. `last_few`: 'last n today' is said from this number down, 0 for never.

    `answer`: how long a patient has who is asked whether their visit may move. `offers_a_day`: waitlist texts to one
    person. `offers_each`: people whom one freed time is offered to at most.
    """

    hold: timedelta = timedelta(minutes=5)
    offer: timedelta = timedelta(minutes=30)
    answer: timedelta = timedelta(hours=2)
    link: timedelta = timedelta(days=7)
    change: timedelta = timedelta(hours=2)
    clean_up: int = 10
    notice: int = 60
    ahead: int = 60
    step: int = 10
    offers_a_day: int = 1
    offers_each: int = 6
    offer_window: Window = (time(8), time(20))
    policy: str = ""
    policy_es: str = ""
    last_few: int = 3


@dataclass(frozen=True)
class Catalogue:
    """All of it, by code, in the clinic's order."""

    services: Mapping[str, Service] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    packages: Mapping[str, Package] = field(default_factory=dict)
    rules: BookingRules = field(default_factory=BookingRules)

    def offered(self) -> list[Service]:
        """What may be booked now."""
        return [one for one in self.services.values() if not one.retired]

    def online(self) -> list[Service]:
        """What patients may book by themselves."""
        return [one for one in self.offered() if one.online]

    def for_treatment(self, code: str) -> list[Service]:
        """What may be booked online for a treatment that somebody asked for, in the clinic's order."""
        return [one for one in self.online() if one.treatment == code]

    def due_first(self, service: Service, had: Set[str]) -> Service:
        """What somebody who has had `had` books for it: the service itself, or what must come before it."""
        passed = {service.code}
        while service.needs and service.needs not in had | passed:
            service = self.services[service.needs]
            passed.add(service.code)
        return service

    def after_minutes(self, service: Service) -> int:
        return self.rules.clean_up if service.after is None else service.after

    def notice_of(self, service: Service) -> timedelta:
        return timedelta(minutes=self.rules.notice if service.notice is None else service.notice)

    def of_type(self, kind: str, type_: str, location: str) -> list[Resource]:
        """Rooms or devices in use at a location that have the type."""
        return [
            one
            for one in self.resources.values()
            if not one.retired and one.kind == kind and one.location == location and type_ in one.types
        ]
