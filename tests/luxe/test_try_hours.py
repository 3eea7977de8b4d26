"""`luxe try hours`: whether a text may go, compared with rules that are written out here a second time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.domain.errors import InvalidInput
from core.reference import load_reference
from core.shipped import read_toml
from luxe.try_out.hours import Line, answer

REFERENCE = load_reference(ZoneInfo("America/New_York"))
EASTERN, CENTRAL = "America/New_York", "America/Chicago"


def tried(kind: str, at: str, **where: Any) -> dict[str, Any]:
    return answer(Line.model_validate({"class": kind, "at": at} | where), REFERENCE)


def test_a_text_outside_texting_hours_is_told_when_it_may_go() -> None:
    held = tried("marketing", "2026-11-23T08:30:00-05:00", state="NY", zones=[EASTERN])
    assert held == {"allowed": False, "rule": "quiet_hours", "next": "2026-11-23T09:00:00-05:00"}
    sent = tried("informational", "2026-11-23T08:30:00-05:00", state="NY", zones=[EASTERN])
    assert sent == {"allowed": True, "rule": "texting_hours", "next": None}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("confirmation", "own_form"), ("reply", "own_message"), ("emergency", "emergency"), ("staff", "staff")],
)
def test_what_answers_a_person_warns_or_goes_to_staff_goes_at_any_hour(kind: str, rule: str) -> None:
    night = "2026-11-26T03:00:00-05:00"
    assert tried(kind, night, phone="407-555-0155") == {"allowed": True, "rule": rule, "next": None}


@pytest.mark.parametrize(
    ("at", "where", "rule", "opens"),
    [
        # a state narrows
        ("2026-11-23T20:30:00-05:00", {"phone": "407-555-0155"}, "state_hours", "2026-11-24T08:00:00-05:00"),
        # both zones of an area code
        ("2026-11-23T08:30:00-05:00", {"phone": "219-555-0155"}, "quiet_hours", "2026-11-23T08:00:00-06:00"),
        # a code nobody has heard of: wherever on the mainland it may be
        ("2026-11-23T10:30:00-05:00", {"phone": "826-555-0155"}, "texting_hours", None),
        ("2026-11-23T10:30:00-05:00", {"phone": "235-555-0155"}, "texting_hours", None),
        ("2026-11-23T10:30:00-05:00", {"phone": "286-555-0155"}, "quiet_hours", "2026-11-23T10:00:00-06:00"),
        # nothing but a state: every zone of it
        ("2026-11-23T08:30:00-05:00", {"state": "TN"}, "quiet_hours", "2026-11-23T08:00:00-06:00"),
        # and nothing but the clinic
        ("2026-11-23T07:30:00-05:00", {"clinic_zone": EASTERN}, "quiet_hours", "2026-11-23T08:00:00-05:00"),
        # a territory
        ("2026-11-23T07:30:00-05:00", {"phone": "787-555-0155"}, "texting_hours", None),
    ],
)
def test_where_a_person_is_decides_in_the_narrowest_way(
    at: str, where: dict[str, Any], rule: str, opens: str | None
) -> None:
    found = tried("informational", at, **where)
    assert (found["rule"], found["allowed"]) == (rule, opens is None)
    assert (found["next"] and datetime.fromisoformat(found["next"])) == (
        opens and datetime.fromisoformat(opens)
    )


def test_a_zip_code_narrows_only_where_its_zone_is_certain() -> None:
    early = "2026-11-23T08:30:00-05:00"
    assert (
        tried("informational", early, phone="219-555-0155", zip="46402")["allowed"] is False
    )  # Gary: Central
    assert tried("informational", early, phone="219-555-0155", zip="46204")["allowed"] is True  # Indianapolis
    assert tried("informational", early, phone="317-555-0155", zip="46534")["allowed"] is False  # split


@pytest.mark.parametrize(
    ("state", "day", "rule"),
    [("NY", "2031-07-04", "holiday"), ("LA", "2031-02-25", "holiday"), ("NY", "2031-02-25", "texting_hours")],
)
def test_holidays_are_known_in_any_year_and_a_state_s_own_where_its_law_says_so(
    state: str, day: str, rule: str
) -> None:
    """The second is Mardi Gras."""
    assert tried("marketing", f"{day}T13:00:00-05:00", state=state, zones=[EASTERN])["rule"] == rule


def test_where_nobody_is_is_refused() -> None:
    with pytest.raises(ValidationError, match="Give phone"):
        tried("marketing", "2026-11-23T08:30:00-05:00")
    with pytest.raises(InvalidInput, match="North America"):
        tried("marketing", "2026-11-23T08:30:00-05:00", phone="+44 20 7946 0958")
    with pytest.raises(ValidationError, match="no time zone"):
        tried("marketing", "2026-11-23T08:30:00-05:00", zones=["Mars/Olympus"])


# A second reading of the same data, minute by minute and without a span.
RAW = read_toml("quiet_hours.toml")
ZONES = (EASTERN, CENTRAL, "America/Denver", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu")
FEDERAL = {
    "01-01",
    "07-04",
    "12-25",
    "06-19",
    "11-11",
}  # those of a fixed date; the days chosen hold no others


def inside(text: str, wall: time) -> bool:
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    return opens <= wall < closes


def kept_free(day: date) -> bool:
    """On its date, and on the Friday before or the Monday after a Saturday's or Sunday's."""
    beside = {4: timedelta(days=1), 0: timedelta(days=-1)}.get(day.weekday(), timedelta())
    return any(f"{one:%m-%d}" in FEDERAL for one in (day, day + beside))


def may(kind: str, zones: list[str], state: str, moment: datetime) -> bool:
    rule = RAW["states"].get(state, {})
    for zone in zones:
        local = moment.astimezone(ZoneInfo(zone))
        wall, weekday = local.time(), local.weekday()
        day = {5: "saturday", 6: "sunday"}.get(weekday, "weekdays")
        if not inside(RAW["marketing" if kind == "marketing" else "transactional"][day], wall):
            return False
        special = rule.get(day) if weekday >= 5 and kind == "marketing" else None
        if special == "none" or (special and not inside(special, wall)):
            return False
        if not special and "window" in rule and not inside(rule["window"], wall):
            return False
        if kind == "marketing" and kept_free(local.date()):
            return False
    return True


@settings(max_examples=150)
@given(
    st.sampled_from(["marketing", "informational"]),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.sampled_from(["", "NY", *(state for state in RAW["states"] if state not in ("AL", "LA", "OK", "UT"))]),
    st.sampled_from(
        [
            datetime(2026, 3, 6, tzinfo=UTC),
            datetime(2026, 10, 30, tzinfo=UTC),
            datetime(2027, 7, 1, tzinfo=UTC),
        ]
    ),
    st.integers(0, 3 * 24 * 60),
)
def test_a_text_may_go_when_every_zone_and_the_state_allow_it_and_next_is_the_first_such_minute(
    kind: str, zones: list[str], state: str, day: datetime, minutes: int
) -> None:
    moment = day + timedelta(minutes=minutes)
    found = tried(kind, moment.isoformat(), state=state, zones=zones)
    assert found["allowed"] == may(kind, zones, state, moment)
    if found["next"]:
        opens = datetime.fromisoformat(found["next"])
        assert may(kind, zones, state, opens)
        waiting = (moment + timedelta(minutes=15 * n) for n in range(4 * 24 * 14))
        assert not any(may(kind, zones, state, quarter) for quarter in waiting if quarter < opens)


@pytest.mark.parametrize(
    "zone", ["{{/if}}" * 300, "a/" * 2000 + "b", "../etc/passwd", "/etc/localtime", "", "A\0", "\u00e9"]
)
def test_what_can_be_no_time_zone_is_refused_before_it_is_looked_for(zone: str) -> None:
    """Fuzzing: each slash was looked for as a folder inside of the one before, deeper than Python goes."""
    with pytest.raises(ValidationError):
        Line.model_validate({"class": "reply", "at": "2026-11-23T09:00:00Z", "clinic_zone": zone})
    for known in ("America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"):
        Line.model_validate({"class": "reply", "at": "2026-11-23T09:00:00Z", "clinic_zone": known})
