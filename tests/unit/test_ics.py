"""Calendar entries, read back by two parsers that did not make them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from core.booking import ics
from core.booking.ics import Entry, Parties
from tests import by_vobject

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHICAGO, LONDON, SYDNEY = (ZoneInfo(n) for n in ("America/Chicago", "Europe/London", "Australia/Sydney"))
NO_CHANGE = ZoneInfo("America/Phoenix")
PARTIES = Parties('Luxe "Medical" Spa', "hello@luxe.example.com", "omar@example.com")
HOUR = timedelta(hours=1)


def wall(text: str, fold: int = 0) -> datetime:
    """A moment as a wall shows it; `fold` 1 where it shows it for the second time."""
    return datetime.fromisoformat(text).replace(fold=fold)


def entry(starts_at: datetime, zone: ZoneInfo = CHICAGO, **more: Any) -> Entry:
    made = Entry(
        "v1@luxe.example.com",
        3,
        starts_at,
        starts_at + HOUR,
        zone,
        "Appointment - Luxe",
        "Luxe, 100 Main; 2nd",
    )
    return replace(made, **more)


def events_by_vobject(content: bytes) -> list[Any]:
    return list(by_vobject.read(content.decode()).vevent_list)


def by_ical(content: bytes) -> list[Any]:
    return list(IcsCalendarStream.calendar_from_ics(content.decode()).events)


def method_of(content: bytes) -> str:
    return str(by_vobject.read(content.decode()).method.value)


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        (CHICAGO, wall("2026-03-08T01:30")),  # half an hour before clocks go forward
        (CHICAGO, wall("2026-03-08T03:30")),
        (CHICAGO, wall("2026-03-08T12:00")),
        (CHICAGO, wall("2026-11-01T00:30")),
        (CHICAGO, wall("2026-11-01T01:30")),  # which the wall shows twice
        (CHICAGO, wall("2026-11-01T01:30", 1)),
        (CHICAGO, wall("2026-11-01T03:00")),
        (LONDON, wall("2026-03-29T02:30")),
        (LONDON, wall("2026-10-25T01:30", 1)),
        (SYDNEY, wall("2026-04-05T02:30")),
        (SYDNEY, wall("2026-10-04T03:30")),
        (NO_CHANGE, wall("2026-11-01T01:30")),
    ],
)
def test_two_other_parsers_read_the_very_moment_on_nights_when_clocks_change(
    zone: ZoneInfo, local: datetime
) -> None:
    starts_at = local.replace(tzinfo=zone).astimezone(UTC)
    content = ics.invite(entry(starts_at, zone), PARTIES, NOW)
    [one], [other] = events_by_vobject(content), by_ical(content)
    assert one.dtstart.value.astimezone(UTC) == starts_at
    assert one.dtend.value.astimezone(UTC) == starts_at + HOUR
    assert other.dtstart.astimezone(UTC) == starts_at
    assert other.dtend.astimezone(UTC) == starts_at + HOUR


def test_a_reader_that_goes_by_our_rules_of_the_zone_alone_reads_the_same_moment() -> None:
    """A calendar that knows no such name of a zone has only what we say of it: named as nobody names it, vobject
    has nothing else either."""
    for local in (wall("2026-03-08T03:30"), wall("2026-03-08T01:30"), wall("2026-11-01T02:30")):
        starts_at = local.replace(tzinfo=CHICAGO).astimezone(UTC)
        content = ics.invite(entry(starts_at), PARTIES, NOW).replace(b"America/Chicago", b"Our own zone")
        [one] = events_by_vobject(content)
        assert one.dtstart.value.astimezone(UTC) == starts_at, local


def test_an_invite_says_who_when_and_where_and_never_what_for() -> None:
    content = ics.invite(entry(NOW + HOUR), PARTIES, NOW)
    assert method_of(content) == "REQUEST"
    [one], [other] = events_by_vobject(content), by_ical(content)
    assert other.uid == one.uid.value == "v1@luxe.example.com"
    assert (other.sequence, one.sequence.value) == (3, "3")
    assert other.summary == one.summary.value == "Appointment - Luxe"
    assert other.location == one.location.value == "Luxe, 100 Main; 2nd"
    assert str(other.status.value).upper() == "CONFIRMED"
    assert one.attendee.value == "mailto:omar@example.com"
    assert one.organizer.value == "mailto:hello@luxe.example.com"
    assert one.dtstamp.value == NOW


def test_what_is_called_off_is_a_cancel_of_the_same_entry() -> None:
    content = ics.invite(entry(NOW + HOUR, cancelled=True, sequence=4), PARTIES, NOW)
    [one] = by_ical(content)
    assert method_of(content) == "CANCEL"
    assert (one.uid, one.sequence, one.status.value.upper()) == ("v1@luxe.example.com", 4, "CANCELLED")


def test_lines_are_folded_and_ended_as_the_standard_says() -> None:
    long = entry(NOW + HOUR, location="Straße der Ärztinnen " * 12)
    content = ics.invite(long, PARTIES, NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert by_ical(content)[0].location == long.location


def test_a_visit_of_which_nobody_said_how_long_it_takes_has_no_end() -> None:
    content = ics.published([entry(NOW + HOUR, ends_at=None)], NOW)
    assert b"DTEND" not in content
    assert method_of(content) == "PUBLISH"


def test_a_feed_of_three_zones_has_the_rules_of_each() -> None:
    entries = [entry(NOW, zone, uid=f"{zone.key}@x") for zone in (CHICAGO, LONDON, SYDNEY)]
    content = ics.published(entries, NOW, name="Visits")
    assert content.count(b"BEGIN:VTIMEZONE") == 3
    assert [one.dtstart.value.astimezone(UTC) for one in events_by_vobject(content)] == [NOW, NOW, NOW]
