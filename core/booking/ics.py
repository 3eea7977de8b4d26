"""Visits as calendars read them (RFC 5545, 5546): an invite by email, a file to take along, a provider's feed. Pure.

Nothing in them says what is done: a calendar is copied to phones, colleagues and companies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from core.domain.hours import offset_changes

PRODUCT = "-//Luxe Follow-Up//Visits//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# For which years the rules of a zone are given: some calendars keep those that they read first.
YEARS_BEFORE, YEARS_AFTER = 1, 6
UTC_KEYS = frozenset({"UTC", "Etc/UTC"})


@dataclass(frozen=True)
class Entry:
    """One visit. `uid`: for life; `sequence`: up by one at each change; moments are aware, shown on the wall of `zone`.

    `ends_at` None where nobody said how long it takes.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime | None
    zone: ZoneInfo
    summary: str
    location: str
    description: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Parties:
    """Who invites (`name`, an email address) and who is invited."""

    name: str
    organizer: str
    attendee: str


def host_of(public: str) -> str:
    """What stands behind the @ of every UID of ours: the host of the public address."""
    return urlsplit(public).hostname or "localhost"


def uid_of(visit_id: str, public: str) -> str:
    return f"{visit_id}@{host_of(public)}"


def invite(entry: Entry, parties: Parties, now: datetime) -> bytes:
    """What an email carries: METHOD:REQUEST, or CANCEL where the visit is off."""
    event = _event(entry, now)
    event.add("organizer", _address(parties.organizer, CN=parties.name))
    asked = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    event.add("attendee", _address(parties.attendee, **asked))
    return _calendar(CANCEL if entry.cancelled else REQUEST, [(entry, event)])


def published(entries: Iterable[Entry], now: datetime, *, name: str = "") -> bytes:
    """METHOD:PUBLISH: a file that somebody takes along, or a feed of that name."""
    return _calendar(PUBLISH, [(entry, _event(entry, now)) for entry in entries], name=name)


def _address(email: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    for name, value in parameters.items():
        address.params[name] = vText(value.replace('"', "'"))
    return address


def _event(entry: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", _on_the_wall(entry.starts_at, entry.zone))
    if entry.ends_at:
        event.add("dtend", _on_the_wall(entry.ends_at, entry.zone))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    if entry.description:
        event.add("description", entry.description)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """With the name of its zone. The hour that the wall shows twice would be read as the first: the second is UTC."""
    local = moment.astimezone(zone).replace(microsecond=0)
    return local.astimezone(UTC) if local.fold or zone.key in UTC_KEYS else local


def _calendar(method: str, events: list[tuple[Entry, Event]], name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for zone in _zones(events):
        calendar.add_component(zone)
    for _, event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _zones(events: list[tuple[Entry, Event]]) -> Iterator[Timezone]:
    reach: dict[ZoneInfo, tuple[datetime, datetime]] = {}
    for entry, _ in events:
        first, last = reach.get(entry.zone, (entry.starts_at, entry.starts_at))
        reach[entry.zone] = (min(first, entry.starts_at), max(last, entry.starts_at))
    for zone, (first, last) in reach.items():
        if zone.key not in UTC_KEYS:
            since = datetime(first.year - YEARS_BEFORE, 1, 1, tzinfo=UTC)
            yield _rules_of(zone, since, datetime(last.year + YEARS_AFTER, 1, 1, tzinfo=UTC))


class _Offset(NamedTuple):
    """One kind of offset, and the one that it takes the place of."""

    name: str
    was: timedelta
    now: timedelta
    saving: bool


def _rules_of(zone: ZoneInfo, since: datetime, until: datetime) -> Timezone:
    """The offsets of a zone in a stretch of time, each with its beginnings on the wall that ended there (RFC 5545,
    3.6.5). `icalendar` would write the wall that began: an hour late in spring."""
    found = {_offset(zone, since, since): [since]}
    for moment in offset_changes(zone, since, until):
        found.setdefault(_offset(zone, moment, moment - timedelta(seconds=1)), []).append(moment)
    rules = Timezone()
    rules.add("tzid", zone.key)
    for offset, moments in found.items():
        rules.add_component(_observance(offset, moments))
    return rules


def _offset(zone: ZoneInfo, moment: datetime, before: datetime) -> _Offset:
    local, was = moment.astimezone(zone), before.astimezone(zone).utcoffset() or timedelta()
    return _Offset(local.tzname() or zone.key, was, local.utcoffset() or timedelta(), bool(local.dst()))


def _observance(offset: _Offset, moments: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    made = TimezoneDaylight() if offset.saving else TimezoneStandard()
    walls = [(moment.astimezone(UTC) + offset.was).replace(tzinfo=None) for moment in moments]
    made.add("dtstart", walls[0])
    if walls[1:]:
        made.add("rdate", walls[1:])
    made.add("tzoffsetfrom", offset.was)
    made.add("tzoffsetto", offset.now)
    made.add("tzname", offset.name)
    return made
