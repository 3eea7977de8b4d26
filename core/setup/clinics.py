"""The practice as the clinic edits it: what it is called, how it is reached, its locations. Pure.

The body of a version is that of data/clinic.toml without the hours, which each location's calendar has:

{"name", "legal_name", "short_name", "language", "phone", "on_call_phone", "website", "texts_a_month",
 "default_location", "links": {"booking", "gallery", "review", "vip"}, "after_hours": {"answer", "at_work_minutes"},
 "locations": [{"slug", "name", "address", "zips": ["787"], "retired": false, "moves_to": "", "zone": ""}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.clinic import AfterHours, Clinic, is_zone
from core.domain.phone import show_phone
from core.domain.reading import Problem, Reading, as_entries, as_text, as_texts, is_on
from core.messaging.variables import LANGUAGES
from core.versions.rules import Body

LINKS = {"booking": "Booking page", "gallery": "Gallery", "review": "Reviews", "vip": "VIP page"}
LONGEST_NAME, LONGEST_SHORT, LONGEST_ADDRESS, LONGEST_LINK, LONGEST_SLUG = 60, 20, 200, 300, 40
MOST_LOCATIONS, MOST_ZIPS, ZIP_DIGITS = 30, 60, 5
SLUG_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


NOT_OPEN = "Choose a location that is open."


@dataclass(frozen=True)
class Place:
    """One location. `slug` is what leads and staff point to: it never changes. `moves_to`: where those work from now on
    who worked at a retired one."""

    slug: str
    name: str
    address: str
    zips: tuple[str, ...]
    retired: bool
    moves_to: str = ""
    zone: str = ""  # '' for the clinic's


@dataclass(frozen=True)
class Practice:
    """What a body says."""

    name: str
    legal_name: str
    short_name: str
    language: str
    phone: str
    on_call_phone: str
    website: str
    texts_a_month: int
    default_location: str
    links: Mapping[str, str]
    after_hours: AfterHours
    places: tuple[Place, ...]


def read_practice(body: Body) -> tuple[Practice, list[Problem]]:
    """What it says, as far as it can be read, and everything that is wrong with it."""
    reading = Reading()
    places = _places(reading, body.get("locations"))
    practice = Practice(
        name=reading.words("name", body, LONGEST_NAME, missing="What is the clinic called?"),
        legal_name=reading.words(
            "legal_name", body, LONGEST_NAME, missing="Consent names the legal entity: write its full name."
        ),
        short_name=reading.words(
            "short_name", body, LONGEST_SHORT, missing="Texts begin with a short name: write one."
        ),
        language=reading.one_of("language", as_text(body.get("language")), LANGUAGES),
        phone=reading.phone("phone", as_text(body.get("phone"))),
        on_call_phone=_optional_phone(reading, "on_call_phone", as_text(body.get("on_call_phone")).strip()),
        website=reading.web(
            "website",
            reading.words(
                "website", body, LONGEST_LINK, missing="Write the address of the clinic's own site."
            ),
        ),
        texts_a_month=reading.number("texts_a_month", body.get("texts_a_month"), 1, 60),
        default_location=reading.one_of(
            "default_location",
            as_text(body.get("default_location")),
            [place.slug for place in places if not place.retired],
        ),
        links=_links(reading, body.get("links")),
        after_hours=_after_hours(reading, body.get("after_hours")),
        places=places,
    )
    return practice, reading.problems


# Without these there is no clinic; with any other fault its own name and number are still better than made-up ones.
ESSENTIAL = frozenset(
    {"name", "short_name", "legal_name", "phone", "language", "locations", "default_location"}
)


def parse_practice(body: Body) -> Practice:
    """One that is in use, whatever this release has come to refuse in it. Raises ValueError where it can't be used."""
    practice, problems = read_practice(body)
    for problem in problems:
        if problem.field in ESSENTIAL:
            raise ValueError(f"{problem.field}: {problem.message}")
    return practice


def _optional_phone(reading: Reading, place: str, text: str) -> str:
    return reading.phone(place, text) if text else ""


def _links(reading: Reading, given: object) -> dict[str, str]:
    links = given if isinstance(given, Mapping) else {}
    found = {
        code: reading.web(f"links.{code}", reading.words(f"links.{code}", links, LONGEST_LINK, name=code))
        for code in LINKS
    }
    return {code: address for code, address in found.items() if address}


def _after_hours(reading: Reading, given: object) -> AfterHours:
    entry: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    at_work = reading.number("after_hours.at_work_minutes", entry.get("at_work_minutes", 30), 0, 240)
    return AfterHours(is_on(entry.get("answer")), timedelta(minutes=at_work))


def _places(reading: Reading, given: object) -> tuple[Place, ...]:
    entries = as_entries(given, MOST_LOCATIONS)
    places = tuple(_place(reading, f"locations.{number}", entry) for number, entry in enumerate(entries))
    if all(place.retired for place in places):
        reading.fault("locations", "A clinic has one open location at least.")
    _differ(reading, places)
    _lead_somewhere(reading, places)
    return places


def _lead_somewhere(reading: Reading, places: tuple[Place, ...]) -> None:
    """Whether it is open is asked where one is retired (core/kinds/clinic.py): later it may be retired itself."""
    known = {place.slug for place in places}
    for number, place in enumerate(places):
        if place.moves_to and place.moves_to not in known:
            reading.fault(f"locations.{number}.moves_to", NOT_OPEN)


def _place(reading: Reading, place: str, entry: Mapping[str, Any]) -> Place:
    slug = as_text(entry.get("slug"))
    if not 1 <= len(slug) <= LONGEST_SLUG or not set(slug) <= SLUG_SIGNS:
        reading.fault(f"{place}.name", "Give it a name with a letter of the alphabet in it.")
    return Place(
        slug,
        reading.words(f"{place}.name", entry, LONGEST_NAME, missing="Name this location.", name="name"),
        reading.words(
            f"{place}.address", entry, LONGEST_ADDRESS, missing="Patients are sent there: write its address.",
            name="address",
        ),
        _zips(reading, f"{place}.zips", entry.get("zips")),
        is_on(entry.get("retired")),
        as_text(entry.get("moves_to")),
        _zone(reading, f"{place}.zone", as_text(entry.get("zone")).strip()),
    )  # fmt: skip


def _zone(reading: Reading, place: str, named: str) -> str:
    """'' for the clinic's, also where it is none: a location opens all the same."""
    if named and not is_zone(named):
        words = "There is no such time zone. Write it as America/Denver, or leave it empty for the clinic's."
        reading.fault(place, words)
        return ""
    return named


def _zips(reading: Reading, place: str, given: object) -> tuple[str, ...]:
    zips = tuple(dict.fromkeys(as_texts(given)))
    if len(zips) > MOST_ZIPS:
        reading.fault(
            place, f"At most {MOST_ZIPS}. The first three digits stand for all that begin with them."
        )
    for prefix in zips:
        if not (prefix.isdecimal() and prefix.isascii() and len(prefix) <= ZIP_DIGITS):
            reading.fault(place, f"{prefix!r} is no ZIP code. Write 1 to 5 digits, such as 787 or 78701.")
    return zips


def _differ(reading: Reading, places: tuple[Place, ...]) -> None:
    """Nothing may lead to two places: a name in a form, a ZIP code, what leads point to."""
    slugs, names, zips = dict[str, Place](), dict[str, Place](), dict[str, Place]()
    for number, place in enumerate(places):
        at = f"locations.{number}"
        if place.slug in slugs:
            reading.fault(f"{at}.name", f"{place.name} and {slugs[place.slug].name} are the same location.")
        if place.name.casefold() in names:
            reading.fault(f"{at}.name", f"Two locations are called {place.name}. Rename one of them.")
        slugs[place.slug] = names[place.name.casefold()] = place
        for prefix in () if place.retired else place.zips:
            if prefix in zips:
                reading.fault(
                    f"{at}.zips",
                    f"{prefix} is {zips[prefix].name}'s already. One ZIP has one nearest location.",
                )
            zips.setdefault(prefix, place)


def laid_over(clinic: Clinic, practice: Practice) -> dict[str, Any]:
    """The fields of `Clinic` that a practice says by itself."""
    own = (
        "name",
        "legal_name",
        "short_name",
        "language",
        "phone",
        "on_call_phone",
        "website",
        "texts_a_month",
    )
    said = {name: getattr(practice, name) for name in own}
    more = {"links": practice.links, "default_location": practice.default_location}
    return {"zone": clinic.zone, **said, **more, "after_hours": practice.after_hours}


def shown_parts(body: Body) -> dict[str, str]:
    """A body as people read it, by label."""
    practice, _ = read_practice(body)
    answer = "answered by itself" if practice.after_hours.answer else "not answered by itself"
    at_work = int(practice.after_hours.at_work / timedelta(minutes=1))
    return {
        "Name": practice.name,
        "Short name": practice.short_name,
        "Legal name": practice.legal_name,
        "Number": show_phone(practice.phone) if practice.phone else "",
        "Number at night": show_phone(practice.on_call_phone) if practice.on_call_phone else "",
        "Website": practice.website,
        "Language": LANGUAGES.get(practice.language, practice.language),
        "Marketing texts a month": str(practice.texts_a_month),
        "Pages": "\n".join(f"{LINKS[code]}: {address}" for code, address in practice.links.items()),
        "While closed": f"{answer}; at work for {at_work} minutes after a text of one's own",
        "Usual location": practice.default_location,
        "Locations": "\n".join(_shown(place) for place in practice.places),
    }


def _shown(place: Place) -> str:
    retired = ", retired" if place.retired else ""
    zone = f", time zone {place.zone}" if place.zone else ""
    return f"{place.name}, {place.address}; ZIP {', '.join(place.zips) or 'none'}{zone}{retired}"


def body_of(raw: Mapping[str, Any]) -> Body:
    """The body that says what data/clinic.toml says."""
    plain = (
        "name", "legal_name", "short_name", "language", "phone", "website", "texts_a_month", "default_location",
    )  # fmt: skip
    places = [
        {name: entry[name] for name in ("slug", "name", "address", "zips")}
        | {"retired": False}
        | ({"zone": entry["zone"]} if entry.get("zone") else {})
        for entry in raw["locations"]
    ]
    return {
        **{name: raw[name] for name in plain},
        "on_call_phone": raw.get("on_call_phone", ""),
        "links": dict(raw.get("links", {})),
        "after_hours": dict(raw["after_hours"]),
        "locations": places,
    }
