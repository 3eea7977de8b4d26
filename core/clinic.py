"""The practice: its sites with their hours, what it is called and how it is reached (data/clinic.toml)."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from core.compliance.legal_holidays import LegalHolidays
from core.domain.errors import InvalidInput
from core.domain.hours import WeeklyHours, Window, parse_window
from core.domain.phone import read_phone

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Location:
    """One site of the clinic. `zips`: the leading digits of the ZIP codes nearest to it; `hours.zone` is its wall."""

    slug: str
    name: str
    address: str
    zips: tuple[str, ...]
    hours: WeeklyHours
    own_hours: bool = True  # False: nobody gave it any, and it keeps those of the usual location


@dataclass(frozen=True)
class AfterHours:
    """Whether a text to a closed clinic is answered by itself, and how long a person who wrote counts as at work."""

    answer: bool
    at_work: timedelta


@dataclass(frozen=True)
class Clinic:
    """The practice. `on_call_phone` '' where patients have no other number at night."""

    name: str
    legal_name: str
    short_name: str
    language: str  # of texts to who never said theirs; a wording missing in another falls back to it
    phone: str  # E.164
    website: str
    links: Mapping[str, str]  # pages of the clinic that texts may lead to: booking, gallery, review, vip
    texts_a_month: int
    zone: ZoneInfo
    locations: Mapping[str, Location]
    default_location: str
    after_hours: AfterHours
    on_call_phone: str = ""
    # Offered no more, known for good: leads and staff of before point to them.
    retired: Mapping[str, Location] = field(default_factory=dict)

    def location(self, slug: str) -> Location:
        """The named location, a retired one too, or the default one where `slug` names none."""
        return self.locations.get(slug) or self.retired.get(slug) or self.locations[self.default_location]

    def hours(self, slug: str) -> WeeklyHours:
        """When the named location is open, or the default one."""
        return self.location(slug).hours

    def nearest(self, zip_code: str) -> Location:
        """The location whose list of ZIP prefixes names this code best, else the default one."""
        matches = [
            (len(z), where) for where in self.locations.values() for z in where.zips if zip_code.startswith(z)
        ]
        return (
            max(matches, key=lambda match: match[0])[1]
            if matches and zip_code
            else self.locations[self.default_location]
        )


def parse_clinic(raw: Mapping[str, Any], zone: ZoneInfo) -> Clinic:
    """Read data/clinic.toml. Raises KeyError, TypeError or ValueError where it is broken."""
    names_of_days = frozenset(raw["closed_holidays"])
    # LegalHolidays of no name is all of them.
    closed = LegalHolidays(only=names_of_days) if names_of_days else frozenset[date]()
    days = {date.fromisoformat(day): _windows(f"days.{day}", spans) for day, spans in raw["days"].items()}
    locations = {entry["slug"]: _location(entry, zone, closed, days) for entry in raw["locations"]}
    names = (
        "name",
        "legal_name",
        "short_name",
        "language",
        "phone",
        "website",
        "texts_a_month",
        "default_location",
    )
    return Clinic(
        **{name: raw[name] for name in names},
        zone=zone,
        locations=locations,
        links=raw.get("links", {}),
        after_hours=_after_hours(raw["after_hours"]),
        on_call_phone=_dialled(raw, "on_call_phone"),
    )


def _after_hours(raw: Mapping[str, Any]) -> AfterHours:
    if not isinstance(raw["answer"], bool):
        raise TypeError(f"after_hours.answer is {raw['answer']!r}, and must be true or false")
    return AfterHours(raw["answer"], timedelta(minutes=raw["at_work_minutes"]))


def _dialled(raw: Mapping[str, Any], name: str) -> str:
    """A number that patients are told to call: one digit too few, and nobody answers at night."""
    if name not in raw:
        return ""
    try:
        return read_phone(raw[name]).e164
    except InvalidInput as refused:
        raise ValueError(f"{name} is {raw[name]!r}: {refused.errors[0].message}") from refused


def _location(
    entry: dict[str, Any], zone: ZoneInfo, closed: Container[date], days: Mapping[date, tuple[Window, ...]]
) -> Location:
    slug = entry["slug"]
    windows = {
        _weekday(slug, day): _windows(f"{slug}.hours.{day}", spans) for day, spans in entry["hours"].items()
    }
    hours = WeeklyHours(_zone(entry, zone), windows, closed, days)
    return Location(entry["slug"], entry["name"], entry["address"], tuple(entry["zips"]), hours)


def _zone(entry: Mapping[str, Any], usual: ZoneInfo) -> ZoneInfo:
    """The location's own, or the clinic's. Raises ValueError."""
    named = entry.get("zone", "")
    if named and not is_zone(named):
        raise ValueError(f"{entry['slug']}.zone is {named!r}, and must be a name such as America/Denver")
    return ZoneInfo(named) if named else usual


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether it names a time zone: America/Denver."""
    return name in _zones()


def _weekday(slug: str, day: str) -> int:
    if day not in WEEKDAYS:
        raise ValueError(f"{slug}.hours: {day!r} is no day; use one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(day)


def _windows(place: str, spans: list[str]) -> tuple[Window, ...]:
    try:
        return tuple(parse_window(text, over_midnight=True) for text in spans)
    except ValueError as error:
        raise ValueError(f"{place} is {spans}: {error}") from error
