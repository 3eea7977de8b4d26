"""When a text may reach a patient, by state and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compliance.rules import TextClass, opens_at, parse_texting_hours
from core.shipped import read_toml

HOURS = parse_texting_hours(read_toml("quiet_hours.toml"))
NY, CHICAGO, LA = "America/New_York", "America/Chicago", "America/Los_Angeles"

MOMENTS = st.integers(min_value=0, max_value=2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


def opens(state: str, *zones: str, marketing: bool, now: datetime) -> datetime:
    kind = TextClass.MARKETING if marketing else TextClass.INFORMATIONAL
    return opens_at(HOURS, zones, state, kind=kind, now=now)


def when(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("state", "zone", "marketing", "moment", "expected"),
    [
        ("NY", NY, True, "2026-11-23T08:30", "2026-11-23T09:00"),
        ("NY", NY, False, "2026-11-23T08:30", "2026-11-23T08:30"),
        ("NY", NY, True, "2026-11-22T10:00", "2026-11-22T12:00"),
        ("FL", NY, False, "2026-11-23T20:30", "2026-11-24T08:00"),
        ("TX", CHICAGO, True, "2026-11-22T11:00", "2026-11-22T12:00"),
        ("AL", CHICAGO, True, "2026-11-22T13:00", "2026-11-23T09:00"),
        ("PA", NY, True, "2026-11-22T13:00", "2026-11-23T09:00"),
        ("KY", NY, True, "2026-11-23T09:30", "2026-11-23T10:00"),
        ("NY", NY, True, "2026-11-26T10:00", "2026-11-27T09:00"),
        ("NY", NY, False, "2026-11-26T10:00", "2026-11-26T10:00"),
        ("", NY, True, "2026-11-23T20:30", "2026-11-24T09:00"),
    ],
)
def test_the_narrowest_rule_that_applies_decides(
    state: str, zone: str, marketing: bool, moment: str, expected: str
) -> None:
    assert opens(state, zone, marketing=marketing, now=when(moment, zone)) == when(expected, zone)


def test_where_a_number_may_stand_in_two_zones_both_must_allow_it() -> None:
    early = when("2026-11-23T09:30", NY)  # 08:30 in Chicago
    assert opens("", CHICAGO, NY, marketing=True, now=early) == when("2026-11-23T09:00", CHICAGO)
    late = when("2026-11-23T19:30", LA)  # 22:30 in New York
    assert opens("", LA, NY, marketing=True, now=late) == when("2026-11-24T09:00", LA)


@settings(max_examples=200)
@given(
    MOMENTS,
    st.sampled_from(["", *HOURS.states, "NY", "DC", "CO"]),
    st.sampled_from([NY, CHICAGO, LA, "America/Denver", "Pacific/Honolulu", "America/Phoenix"]),
    st.booleans(),
)
def test_no_text_ever_goes_before_eight_or_after_nine_in_the_evening(
    now: datetime, state: str, zone: str, marketing: bool
) -> None:
    allowed = opens(state, zone, marketing=marketing, now=now)
    wall = allowed.astimezone(ZoneInfo(zone))
    assert allowed >= now
    assert 8 <= wall.hour < 21
    if marketing:
        assert 9 <= wall.hour < 20
        assert wall.date() not in HOURS.holidays
