"""What the clinic says of itself, as kinds that are drafted and published: the clinic, each location's calendar,
what it offers. Nothing that leads, staff, visits or rules point to is ever removed: it is retired.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core.booking import store as booking
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.leads.store import groups as leads
from core.setup import calendars, clinics, treatments
from core.setup.calendars import calendar_problems
from core.setup.clinics import Place, read_practice
from core.setup.named_places import naming
from core.setup.published import (
    CALENDAR,
    CLINIC,
    TREATMENTS,
    clinic_body,
    shipped_calendars,
    shipped_clinic,
    shipped_treatments,
    treatments_body,
)
from core.setup.treatments import read_offers
from core.staff.store import places as staff
from core.versions import store
from core.versions.rules import Body, Kind

RULE_KINDS = {
    "assignment_rules": "an assignment rule",
    "sla_policies": "a policy",
}  # that may name a place or treatment


def _one_clinic(_session: Session, _key: str) -> list[str]:
    return ["texts, forms, clocks and screens read it"]


def _clinic_sound(session: Session, key: str, body: Body) -> list[Problem]:
    """A location that something points to is not removed, and none is retired under those who work there."""
    if key != CLINIC:
        return [Problem("name", "There is one clinic: edit that one.")]
    kept = {place.slug for place in read_practice(body)[0].places}
    before = {place.slug: place.name for place in read_practice(clinic_body(session))[0].places}
    gone = {slug: name for slug, name in before.items() if slug not in kept}
    pointing = _at_places(session, gone) if gone else {}
    return [*_left_behind(session, body)] + [
        Problem(
            "locations",
            f"{gone[slug]} can't be removed: {', '.join(who)}. Put it back and retire it instead.",
        )
        for slug, who in pointing.items()
    ]


def _left_behind(session: Session, body: Body) -> Iterator[Problem]:
    """What a location that is retired now would leave without a place: who works there, and what names it."""
    open_ones = _open_places(body)
    for number, place in newly_retired(session, body):
        if place.moves_to and place.moves_to not in open_ones:
            yield Problem(f"locations.{number}.moves_to", clinics.NOT_OPEN)
        people = staff.names_at(session, [place.slug]).get(place.slug, [])
        if people and not place.moves_to:
            works = "works" if len(people) == 1 else "work"
            words = f"{_listed(people)} {works} there. Choose where they go, or give them another location under Staff."
            yield Problem(f"locations.{number}.moves_to", words)
        named = naming(session, place.slug)
        if named:
            words = f"{place.name} can't be retired yet: {_listed(named)} {'names' if len(named) == 1 else 'name'} it."
            yield Problem(f"locations.{number}.name", f"{words} Change that first, under Set up.")


def newly_retired(session: Session, body: Body) -> list[tuple[int, Place]]:
    """Locations, with their place in the list, that a draft retires and that are open now."""
    before = {place.slug for place in read_practice(clinic_body(session))[0].places if not place.retired}
    places = read_practice(body)[0].places
    return [(at, place) for at, place in enumerate(places) if place.retired and place.slug in before]


def _open_places(body: Body) -> set[str]:
    return {place.slug for place in read_practice(body)[0].places if not place.retired}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _people_move(session: Session, body: Body | None, _now: datetime) -> None:
    """Who worked at a location that was retired works where the clinic said. Leads of before keep their place."""
    open_ones = _open_places(body or {})
    for place in read_practice(body or {})[0].places:
        if place.retired and place.moves_to in open_ones:
            staff.move(session, place.slug, place.moves_to)


def _at_places(session: Session, slugs: Collection[str]) -> dict[str, list[str]]:
    """Who and what points to each of these locations, in words; those that nothing points to are left out."""
    people = staff.names_at(session, slugs)
    with_leads, with_visits = leads.places_used(session, slugs), booking.places_used(session, slugs)
    ruled = _named_in_rules(session)
    found = {
        slug: [
            *(f"{name} works there" for name in people.get(slug, ())),
            *(["leads are there"] if slug in with_leads else []),
            *(["visits are there"] if slug in with_visits else []),
            *(f"{words} names it" for words in ruled.get(slug, ())),
        ]
        for slug in slugs
    }
    return {slug: who for slug, who in found.items() if who}


def _named_in_rules(session: Session) -> dict[str, list[str]]:
    """Every word that a rule in use holds, with which kinds of rules hold it."""
    found: dict[str, list[str]] = {}
    for kind, words in RULE_KINDS.items():
        for word in {
            word for one in store.published(session, kind) if not one.retired for word in _words(one.body)
        }:
            found.setdefault(word, []).append(words)
    return found


def _words(value: Any) -> set[str]:
    """Every text in it, however deep."""
    if isinstance(value, Mapping):
        return {word for inner in value.values() for word in _words(inner)}
    if isinstance(value, list | tuple):
        return {word for inner in value for word in _words(inner)}
    return {value} if isinstance(value, str) else set()


def _calendar_sound(session: Session, key: str, _body: Body) -> list[Problem]:
    places = {place.slug for place in read_practice(clinic_body(session))[0].places}
    return [] if key in places else [Problem("week", "This location is not there any more.")]


def _calendar_used(session: Session, key: str) -> list[str]:
    places = {place.slug: place.name for place in read_practice(clinic_body(session))[0].places}
    return [f"{places[key]} is open by it"] if key in places else []


def _treatments_used(_session: Session, _key: str) -> list[str]:
    return ["forms, texts and assignment read them"]


def _treatments_sound(session: Session, key: str, body: Body) -> list[Problem]:
    """A treatment that leads asked for, or that a rule names, is not removed."""
    if key != TREATMENTS:
        return [Problem("treatments", "There is one list of treatments: edit that one.")]
    kept = {one.treatment.code for one in read_offers(body)[0]}
    before = {one.treatment.code: one.treatment.label for one in read_offers(treatments_body(session))[0]}
    gone = {code: label for code, label in before.items() if code not in kept}
    if not gone:
        return []
    asked, ruled = leads.treatments_used(session, gone), _named_in_rules(session)
    why = {
        code: [
            *(["leads asked for it"] if code in asked else []),
            *(f"{one} names it" for one in ruled.get(code, ())),
        ]
        for code in gone
    }
    return [
        Problem(
            "treatments",
            f"{gone[code]} can't be removed: {', '.join(words)}. Put it back and retire it instead.",
        )
        for code, words in why.items()
        if words
    ]


_of_the_clinic = partial(Kind, sees=Permission.SEE_SETUP, permission=Permission.EDIT_SETUP)
CLINIC_KIND = _of_the_clinic(
    name=CLINIC,
    noun="clinic",
    parse=lambda body: read_practice(body)[1],
    shipped=shipped_clinic,
    shown=clinics.shown_parts,
    used=_one_clinic,
    sound=_clinic_sound,
    follows=_people_move,
)
CALENDAR_KIND = _of_the_clinic(
    name=CALENDAR,
    noun="calendar",
    parse=calendar_problems,
    shipped=shipped_calendars,
    shown=calendars.shown_parts,
    used=_calendar_used,
    sound=_calendar_sound,
)
TREATMENTS_KIND = _of_the_clinic(
    name=TREATMENTS,
    noun="list of treatments",
    parse=lambda body: read_offers(body)[1],
    shipped=shipped_treatments,
    shown=treatments.shown_parts,
    used=_treatments_used,
    sound=_treatments_sound,
)
