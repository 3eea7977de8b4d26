"""Days and times of the clinic's wall as moments, computed in the browser: also in the night when clocks change."""

from datetime import datetime
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SCRIPT = "parts/wall_time.js"
NEW_YORK, ARIZONA, KOLKATA = "America/New_York", "America/Phoenix", "Asia/Kolkata"


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "moments"),
    [
        ("2026-11-24", "14:30", NEW_YORK, ["2026-11-24T14:30:00-05:00"]),
        ("2026-07-04", "14:30", NEW_YORK, ["2026-07-04T14:30:00-04:00"]),
        ("2026-07-04", "14:30", ARIZONA, ["2026-07-04T14:30:00-07:00"]),
        ("2026-07-04", "00:15", KOLKATA, ["2026-07-04T00:15:00+05:30"]),
        ("2027-03-14", "02:30", NEW_YORK, []),
        ("2027-03-14", "01:59", NEW_YORK, ["2027-03-14T01:59:00-05:00"]),
        ("2027-03-14", "03:00", NEW_YORK, ["2027-03-14T03:00:00-04:00"]),
        ("2026-11-01", "01:30", NEW_YORK, ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]),
        ("2026-11-01", "02:00", NEW_YORK, ["2026-11-01T02:00:00-05:00"]),
    ],
)
def test_a_wall_time_is_one_moment_none_or_two(
    module: Any, day: str, wall: str, zone: str, moments: list[str]
) -> None:
    """The clinic's zone decides, not the zone of whoever looks."""
    found = module(SCRIPT, "momentsAt", day, wall, zone)
    assert found == [ms(moment) for moment in moments]
    assert [module(SCRIPT, "isoAt", moment, zone) for moment in found] == moments


@pytest.mark.parametrize(
    ("typed", "wall"),
    [
        ("2:30 PM", "14:30"), ("2:30pm", "14:30"), ("2p", "14:00"), ("2", "14:00"), ("2:30", "14:30"),
        ("02:30", "02:30"), ("9", "09:00"), ("9:15 a.m.", "09:15"), ("12 am", "00:00"), ("12 pm", "12:00"),
        ("14:30", "14:30"), ("0:05", "00:05"), ("23:59", "23:59"), ("24:00", ""), ("13 pm", ""), ("9:60", ""),
        ("noon", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_type_it(module: Any, typed: str, wall: str) -> None:
    """A small number without a word is the afternoon: nobody is called at two in the night."""
    assert module(SCRIPT, "readWall", typed) == wall


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("11/26", "2026-11-26"), ("11/26/2026", "2026-11-26"), ("11/26/27", "2027-11-26"), ("1/3", "2027-01-03"),
        ("2026-12-01", "2026-12-01"), ("Nov 26", "2026-11-26"), ("January 3", "2027-01-03"),
        ("Thursday, November 26, 2026", "2026-11-26"), ("tomorrow", "2026-11-25"), ("Today", "2026-11-24"),
        ("2/29", ""), ("2/29/2028", "2028-02-29"), ("13/1", ""), ("soon", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_type_it(module: Any, typed: str, day: str) -> None:
    """Without a year it is the next such day; a day that does not exist is none."""
    assert module(SCRIPT, "readDay", typed, "2026-11-24") == day


def test_a_month_is_whole_weeks_from_sunday(module: Any) -> None:
    weeks = module(SCRIPT, "monthGrid", "2026-11-24")
    assert (weeks[0][0], weeks[-1][-1], {len(week) for week in weeks}) == ("2026-11-01", "2026-12-05", {7})
    assert module(SCRIPT, "monthGrid", "2027-02-10")[0][0] == "2027-01-31"


def test_a_month_after_the_last_of_january_is_the_last_of_february(module: Any) -> None:
    assert module(SCRIPT, "monthAfter", "2027-01-31", 1) == "2027-02-28"
    assert module(SCRIPT, "monthAfter", "2026-12-15", 1) == "2027-01-15"
    assert module(SCRIPT, "monthAfter", "2027-03-31", -1) == "2027-02-28"


HOURS = [[["09:00", "17:00"]]] * 5 + [[["10:00", "12:00"], ["13:00", "16:00"]], []]
RULES = {
    "zone": NEW_YORK, "min": ms("2026-11-24T10:40:00-05:00"), "max": ms("2027-02-01T00:00:00-05:00"),
    "hours": HOURS, "closed": {"2026-11-26": "Thanksgiving"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "wall", "error", "note"),
    [
        ("2026-11-24", "14:30", "", ""),
        ("2026-11-24", "10:39", "That is past", None),
        ("2027-02-02", "09:00", "Choose a time up to Monday, February 1, 2027", None),
        ("2026-11-26", "14:30", "", "closed: Thanksgiving"),
        ("2026-11-29", "14:30", "", "closed that day"),
        ("2026-11-28", "12:30", "", "closed: opens 1:00 PM"),
        ("2026-11-28", "16:00", "", "closed: closes 4:00 PM"),
    ],
)
def test_what_stands_against_a_time_is_said(
    module: Any, day: str, wall: str, error: str, note: str | None
) -> None:
    """Past and out of reach are refused; closed is only told, since a patient may ask for it."""
    found = module(SCRIPT, "judge", day, wall, RULES)
    assert found["error"].startswith(error)
    assert bool(found["error"]) == bool(error)
    assert found.get("note") == note


def test_the_hour_that_spring_skips_is_refused_and_the_one_that_autumn_repeats_asks_which(
    module: Any,
) -> None:
    rules = {"zone": NEW_YORK}
    assert "does not exist" in module(SCRIPT, "judge", "2027-03-14", "02:30", rules)["error"]
    first = module(SCRIPT, "judge", "2026-11-01", "01:30", rules)
    second = module(SCRIPT, "judge", "2026-11-01", "01:30", rules, True)
    assert second["moment"] - first["moment"] == 3_600_000
