"""What can't be booked and why, in words, and when a service is free first. Pure but for `givers`, `first_free`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from core import free_times
from core.booking.catalogue import DEVICE, ROOM, Service
from core.free_times import Slot, Wish
from core.reference import Reference
from core.staff import shift_rules
from core.staff.store import rota, treating
from core.staff.store.treating import Provider

LOOKED_AHEAD = timedelta(weeks=4)
MOST_NAMED = 3
SKILL, SENIORITY, SHIFT = "skill", "seniority", "shift"
SERVICES, RESOURCES, STAFF = "services", "resources", "staff"  # where a lack is mended


@dataclass(frozen=True)
class Givers:
    """Who gives treatments, and the ids of those who work at any time in LOOKED_AHEAD."""

    providers: Sequence[Provider]
    working: frozenset[str]


class Reason(NamedTuple):
    """`what` of ROOM, DEVICE, SKILL, SENIORITY, SHIFT; `wanted`: the type, the skill or the least seniority."""

    what: str
    wanted: str = ""


@dataclass(frozen=True)
class Lack:
    """Something that is missing, as a sentence without its capital and its full stop. `part`: where it is mended."""

    words: str
    part: str


def givers(session: Session, reference: Reference, now: datetime) -> Givers:
    """One look at who gives treatments and when."""
    found, until = treating.providers(session), now + LOOKED_AHEAD
    plans = {one.id: one for one in rota.rotas(session, now, until)}
    working = frozenset(
        one.id
        for one in found
        if one.id in plans
        and any(
            start < until
            for start, _ in shift_rules.shifts(
                plans[one.id], reference.clinic.location(one.location).hours, now
            )
        )
    )
    return Givers(found, working)


def why_not(reference: Reference, found: Givers, service: Service, location: str) -> Reason | None:
    """Why a service can be booked at no time at this location; None where it can."""
    for kind, wanted in ((ROOM, service.room), (DEVICE, service.device)):
        if wanted and not reference.bookable.of_type(kind, wanted, location):
            return Reason(kind, wanted)
    skill = reference.skill_for(service)
    there = [one for one in found.providers if reference.clinic.location(one.location).slug == location]
    able = [one for one in there if not skill or skill in one.skills]
    senior = [one for one in able if one.seniority >= service.seniority]
    if not senior:
        return Reason(SENIORITY, str(service.seniority)) if able else Reason(SKILL, skill)
    return None if any(one.id in found.working for one in senior) else Reason(SHIFT)


def nowhere(reference: Reference, found: Givers, service: Service) -> str:
    """Why a service can be booked nowhere, in words; '' where some location gives it."""
    places = reference.clinic.locations
    reasons = {slug: why_not(reference, found, service, slug) for slug in places}
    told = [(places[slug].name, reason) for slug, reason in reasons.items() if reason]
    if len(told) < len(places):
        return ""
    if len({reason for _, reason in told}) == 1:
        return _everywhere(told[0][1])
    return "; ".join(at_place(name, reason) for name, reason in told)


def _everywhere(reason: Reason) -> str:
    what, wanted = reason
    return {
        ROOM: f"no location has a room for '{wanted}'",
        DEVICE: f"no location has a device for '{wanted}'",
        SKILL: f"nobody who gives treatments has the skill '{_plain(wanted)}'" if wanted else NOBODY,
        SENIORITY: f"nobody who is trained for it has seniority {wanted} or more",
        SHIFT: "whoever could give it has no shift in the next four weeks",
    }[what]


NOBODY = "nobody gives treatments"


def at_place(name: str, reason: Reason) -> str:
    """The same of one location: 'Westlake has no room for 'laser''."""
    what, wanted = reason
    return {
        ROOM: f"{name} has no room for '{wanted}'",
        DEVICE: f"{name} has no device for '{wanted}'",
        SKILL: f"nobody at {name} has the skill '{_plain(wanted)}'" if wanted else f"{NOBODY} at {name}",
        SENIORITY: f"nobody at {name} who is trained for it has seniority {wanted} or more",
        SHIFT: f"whoever could give it at {name} has no shift in the next four weeks",
    }[what]


def _plain(skill: str) -> str:
    return skill.replace("_", " ")


def lacks(reference: Reference, found: Givers) -> list[Lack]:
    """Everything that keeps services from being booked, what most of them lack first; nothing where none is offered."""
    offered = reference.bookable.offered()
    if not offered:
        return []
    if not found.providers:
        return [Lack(f"{NOBODY} yet, so nothing can be booked; add providers under Staff access", STAFF)]
    return [*_services(reference, found, offered), *_idle(found), *_without_rooms(reference, offered)]


def _services(reference: Reference, found: Givers, offered: Sequence[Service]) -> Iterator[Lack]:
    """Those of one reason are one line."""
    by_reason: dict[str, list[str]] = {}
    for service in offered:
        words = nowhere(reference, found, service)
        if words:
            by_reason.setdefault(words, []).append(service.label)
    for words, labels in sorted(by_reason.items(), key=lambda one: -len(one[1])):
        yield Lack(f"{named(labels)} can't be booked: {words}", SERVICES)


def named(labels: Sequence[str]) -> str:
    """'Sculptra, Botox, Lip filler and 2 more'."""
    if len(labels) > MOST_NAMED + 1:
        return f"{', '.join(labels[:MOST_NAMED])} and {len(labels) - MOST_NAMED} more"
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _idle(found: Givers) -> Iterator[Lack]:
    idle = [one.name for one in found.providers if one.id not in found.working]
    if idle:
        verb = "gives" if len(idle) == 1 else "give"
        has = "has" if len(idle) == 1 else "have"
        yield Lack(
            f"{named(idle)} {verb} treatments and {has} no shift in the next four weeks: "
            "plan shifts on page Staff",
            STAFF,
        )


def _without_rooms(reference: Reference, offered: Sequence[Service]) -> Iterator[Lack]:
    if not any(service.room for service in offered):
        return
    kept = {
        one.location for one in reference.bookable.resources.values() if one.kind == ROOM and not one.retired
    }
    for slug, place in reference.clinic.locations.items():
        if slug not in kept:
            yield Lack(f"{place.name} has no room: what needs one can't be booked there", RESOURCES)


@dataclass(frozen=True)
class FirstFree:
    """When a service is free first at one location. `slot` None: never in LOOKED_AHEAD, and `why` says why, where it is
    known beforehand."""

    place: str
    slot: Slot | None
    provider: str
    why: str


def first_free(session: Session, reference: Reference, service: Service, now: datetime) -> list[FirstFree]:
    """For each location, as patients would find it; the service may be a draft."""
    times = free_times.read(session, reference, now, now + LOOKED_AHEAD, now)
    found = givers(session, reference, now)
    names = {one.id: one.first_name for one in found.providers}
    told = []
    for slug, place in reference.clinic.locations.items():
        slot = next(iter(times.free(Wish(service, slug))), None)
        reason = None if slot else why_not(reference, found, service, slug)
        why = at_place(place.name, reason) if reason else ""
        told.append(FirstFree(place.name, slot, names.get(slot.provider_id, "") if slot else "", why))
    return told
