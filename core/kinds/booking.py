"""What can be booked, as kinds that are drafted and published: services, rooms and devices, packages, rules.

Nothing that a visit, a held time or another body points to is removed: it is retired.
"""

from functools import partial

from sqlalchemy.orm import Session

from core.booking import store_services as booked
from core.booking.catalogue import DEVICE, ROOM
from core.booking.catalogue_bodies import read_packages, read_resources, read_services
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.setup import bookable
from core.setup.bookable import PACKAGES, RESOURCES, RULES, SERVICES, body_in_use
from core.setup.clinics import read_practice
from core.setup.published import clinic_body, treatments_body
from core.setup.treatments import read_offers
from core.versions.rules import Body, Kind


def _one_of_each(key: str, kind: str) -> list[Problem]:
    return [] if key == kind else [Problem("", "There is one of these: edit that one.")]


def _services_sound(session: Session, key: str, body: Body) -> list[Problem]:
    services, _ = read_services(body)
    treatments = {one.treatment.code for one in read_offers(treatments_body(session))[0]}
    faults = [
        Problem(f"services.{number}.treatment", "Choose one of the clinic's treatments, or none.")
        for number, one in enumerate(services)
        if one.treatment and one.treatment not in treatments
    ]
    kept = {one.code for one in services}
    before = {one.code: one.label for one in read_services(body_in_use(session, SERVICES))[0]}
    gone = [code for code in before if code not in kept]
    pointing = booked.services_used(session, gone) | _in_packages(session)
    faults += [
        Problem(
            "services", f"{before[code]} can't be removed: visits or packages are of it. Retire it instead."
        )
        for code in gone
        if code in pointing
    ]
    return [*_one_of_each(key, SERVICES), *faults, *_nothing_to_give_it_in(session, body)]


def _in_packages(session: Session) -> set[str]:
    return {one.service for one in read_packages(body_in_use(session, PACKAGES))[0]}


def _nothing_to_give_it_in(session: Session, body: Body) -> list[Problem]:
    """A service that asks for a room or a device of a type that no location has could never be booked."""
    resources, _ = read_resources(body_in_use(session, RESOURCES))
    known = {(one.kind, type_) for one in resources if not one.retired for type_ in one.types}
    return [
        Problem(
            f"services.{number}.{kind}",
            f"No {kind} is for '{wanted}'. Add one under Rooms and devices, or leave it empty.",
        )
        for number, one in enumerate(read_services(body)[0])
        for kind, wanted in ((ROOM, one.room), (DEVICE, one.device))
        if wanted and not one.retired and (kind, wanted) not in known
    ]


def _resources_sound(session: Session, key: str, body: Body) -> list[Problem]:
    resources, _ = read_resources(body)
    places = {place.slug for place in read_practice(clinic_body(session))[0].places}
    faults = [
        Problem(f"resources.{number}.location", "Choose one of the clinic's locations.")
        for number, one in enumerate(resources)
        if one.location not in places
    ]
    kept = {one.code for one in resources}
    before = {one.code: one for one in read_resources(body_in_use(session, RESOURCES))[0]}
    gone = [code for code in before if code not in kept]
    taken = booked.resources_used(session, [f"{before[code].kind}:{code}" for code in gone])
    faults += [
        Problem("resources", f"{before[code].label} can't be removed: visits are there. Retire it instead.")
        for code in gone
        if f"{before[code].kind}:{code}" in taken
    ]
    return [*_one_of_each(key, RESOURCES), *faults]


def _packages_sound(session: Session, key: str, body: Body) -> list[Problem]:
    services = {one.code for one in read_services(body_in_use(session, SERVICES))[0]}
    faults = [
        Problem(f"packages.{number}.service", "Choose one of the services.")
        for number, one in enumerate(read_packages(body)[0])
        if one.service not in services
    ]
    return [*_one_of_each(key, PACKAGES), *faults]


def _rules_sound(_session: Session, key: str, _body: Body) -> list[Problem]:
    return _one_of_each(key, RULES)


def _kind(name: str, noun: str, used: str, sound: object) -> Kind:
    return Kind(
        name=name,
        noun=noun,
        sees=Permission.SEE_SETUP,
        permission=Permission.EDIT_SETUP,
        parse=partial(bookable.problems, name),
        shipped=partial(bookable.shipped, name),
        shown=partial(bookable.shown, name),
        used=lambda _session, _key: [used],
        sound=sound,  # type: ignore[arg-type]
    )


SERVICES_KIND = _kind(SERVICES, "list of services", "booking pages and the calendar read it", _services_sound)
RESOURCES_KIND = _kind(
    RESOURCES, "list of rooms and devices", "every visit is given one of them", _resources_sound
)
PACKAGES_KIND = _kind(PACKAGES, "list of packages", "booking pages offer them", _packages_sound)
RULES_KIND = _kind(RULES, "set of booking rules", "every booking goes by it", _rules_sound)
BOOKING_KINDS = (SERVICES_KIND, RESOURCES_KIND, PACKAGES_KIND, RULES_KIND)
