"""What the clinic published of itself, laid over the reference data that ships: its parts of core/in_use.py."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from core.clinic import Clinic, Location
from core.domain.hours import WeeklyHours
from core.reference import Reference
from core.setup import calendars, clinics, treatments
from core.setup.calendars import parse_calendar
from core.setup.clinics import Place, parse_practice
from core.setup.treatments import parse_offers, spellings
from core.shipped import read_toml
from core.versions import store
from core.versions.rules import Body, InUse, in_use

log = structlog.get_logger(__name__)
CLINIC, CALENDAR, TREATMENTS = (
    "clinic",
    "calendar",
    "treatments",
)  # kinds; the first and last have one key, their own


@cache
def shipped_clinic() -> Mapping[str, Body]:
    return {CLINIC: clinics.body_of(read_toml("clinic.toml"))}


@cache
def shipped_calendars() -> Mapping[str, Body]:
    """By the slug of the location."""
    raw = read_toml("clinic.toml")
    return {
        entry["slug"]: calendars.body_of(entry["hours"], raw["closed_holidays"], raw["days"])
        for entry in raw["locations"]
    }


@cache
def shipped_treatments() -> Mapping[str, Body]:
    return {TREATMENTS: treatments.body_of(read_toml("treatments.toml"))}


def clinic_over(reference: Reference, own: list[InUse]) -> Reference:
    """The clinic's own name, numbers and locations. Raises ValueError where it can't be read."""
    body = in_use({}, own).get(CLINIC)
    if body is None:
        return reference
    practice = parse_practice(body.body)
    clinic = reference.clinic
    said = clinics.laid_over(clinic, practice)
    placed = {place.slug: _location(clinic, place, practice.default_location) for place in practice.places}
    gone = {place.slug for place in practice.places if place.retired}
    return replace(
        reference,
        clinic=Clinic(
            **said,
            locations={slug: one for slug, one in placed.items() if slug not in gone},
            retired={slug: one for slug, one in placed.items() if slug in gone},
        ),
    )


def _location(clinic: Clinic, place: Place, default: str) -> Location:
    """A place that nobody gave hours keeps those of the usual location."""
    known = clinic.locations.get(place.slug)
    usual = known.hours if known else clinic.location(default).hours
    hours = replace(usual, zone=ZoneInfo(place.zone) if place.zone else clinic.zone)
    return Location(place.slug, place.name, place.address, place.zips, hours, own_hours=known is not None)


def calendars_over(reference: Reference, own: list[InUse]) -> Reference:
    """Each location's own hours; one that this release can't read gives way alone."""
    clinic = reference.clinic
    places = {**clinic.retired, **clinic.locations}
    zones = {slug: place.hours.zone for slug, place in places.items()}
    read = {
        one.key: hours
        for one in own
        if not one.retired and (hours := _hours(one, zones.get(one.key, clinic.zone)))
    }
    usual = read.get(clinic.default_location) or clinic.location("").hours
    locations, retired = (
        {slug: _with_hours(place, read, usual) for slug, place in group.items()}
        for group in (clinic.locations, clinic.retired)
    )
    return replace(reference, clinic=replace(clinic, locations=locations, retired=retired))


def _hours(one: InUse, zone: ZoneInfo) -> WeeklyHours | None:
    try:
        return parse_calendar(one.body).hours(zone)
    except ValueError:
        log.exception("calendar_unreadable", key=one.key, number=one.number)
        return None


def _with_hours(place: Location, read: Mapping[str, WeeklyHours], usual: WeeklyHours) -> Location:
    if place.slug in read:
        return replace(place, hours=read[place.slug], own_hours=True)
    return place if place.own_hours else replace(place, hours=replace(usual, zone=place.hours.zone))


def treatments_over(reference: Reference, own: list[InUse]) -> Reference:
    """The clinic's own treatments. Raises ValueError where they can't be read."""
    body = in_use({}, own).get(TREATMENTS)
    if body is None:
        return reference
    offers = parse_offers(body.body)
    return replace(
        reference,
        treatments={one.treatment.code: one.treatment for one in offers},
        treatment_names=spellings(offers),
    )


def clinic_body(session: Session) -> Body:
    """The clinic as it is in use, for who has not the reference data at hand."""
    return in_use(shipped_clinic(), store.published(session, CLINIC))[CLINIC].body


def treatments_body(session: Session) -> Body:
    return in_use(shipped_treatments(), store.published(session, TREATMENTS))[TREATMENTS].body


def calendar_bodies(session: Session, slugs: Iterable[str]) -> dict[str, Body]:
    """By location: its own calendar; what nobody gave one keeps that of the usual location."""
    found = {
        key: one.body for key, one in in_use(shipped_calendars(), store.published(session, CALENDAR)).items()
    }
    usual = found.get(str(clinic_body(session)["default_location"])) or next(
        iter(shipped_calendars().values())
    )
    return {slug: found.get(slug, usual) for slug in slugs}
