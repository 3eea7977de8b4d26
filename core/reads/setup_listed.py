"""What page Clinic edits: the clinic, its calendars, treatments, what can be booked; what a draft would leave."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.kinds import KINDS
from core.kinds.clinic import newly_retired
from core.leads.store import groups
from core.reads.parts import versions
from core.reads.parts.versions import Entry
from core.setup import bookable
from core.setup.clinics import read_practice
from core.setup.named_places import naming
from core.setup.published import CALENDAR, CLINIC, TREATMENTS, calendar_bodies, clinic_body
from core.staff.store import places, treating
from core.staff.store.treating import Provider
from core.versions.rules import Body


@dataclass(frozen=True)
class Retiring:
    """What a location that a draft retires leaves: who works there, how many open leads are there, what names it."""

    slug: str
    people: tuple[str, ...]
    leads: int
    named: tuple[str, ...]


def retiring(session: Session, actor: Actor, body: Body) -> list[Retiring]:
    """For each location that is open now and that these words retire. Raises Denied."""
    require(actor, Permission.SEE_SETUP)
    slugs = [place.slug for _, place in newly_retired(session, body)]
    people, open_leads = places.names_at(session, slugs), groups.open_at(session, slugs)
    return [
        Retiring(slug, tuple(people.get(slug, ())), open_leads.get(slug, 0), tuple(naming(session, slug)))
        for slug in slugs
    ]


@dataclass(frozen=True)
class Calendar:
    """One location's calendar as the list shows it. `body`: by what it is open now; `own`: whether it was given one."""

    slug: str
    name: str
    retired: bool
    entry: Entry | None
    body: Body
    own: bool


@dataclass(frozen=True)
class Listed:
    """What page Clinic edits."""

    clinic: Entry
    calendars: tuple[Calendar, ...]
    treatments: Entry
    booking: tuple[Entry, ...]  # in the order of KINDS of core/setup/bookable.py


def listed(session: Session, actor: Actor) -> Listed:
    """Raises Denied."""
    clinic, treatments, *booking = (
        {one.key: one for one in versions.entries(session, actor, KINDS[name])}[name]
        for name in (CLINIC, TREATMENTS, *bookable.KINDS)
    )
    entries = {one.key: one for one in versions.entries(session, actor, KINDS[CALENDAR])}
    places = read_practice(clinic_body(session))[0].places
    bodies = calendar_bodies(session, [place.slug for place in places])
    calendars = tuple(
        Calendar(
            place.slug,
            place.name,
            place.retired,
            found := entries.get(place.slug),
            bodies[place.slug],
            own=bool(found and found.published),
        )
        for place in places
    )
    return Listed(clinic, calendars, treatments, tuple(booking))


def providers(session: Session, actor: Actor) -> list[Provider]:
    """Who gives treatments: how long a service takes may differ by who gives it. Raises Denied."""
    require(actor, Permission.SEE_SETUP)
    return treating.providers(session)
