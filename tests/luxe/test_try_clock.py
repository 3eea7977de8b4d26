"""`luxe try clock`: due times and open minutes, by the rules that leads' clocks run on."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from core.reference import load_reference
from luxe.try_out.clock import Line, answer

REFERENCE = load_reference(ZoneInfo("America/New_York"))
WEEK = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DAYS = {"2026-12-24": [["09:00", "13:00"]], "2026-12-25": []}


def tried(
    start: str, /, *, zone: str = "America/New_York", week: Any = WEEK, days: Any = None, **asked: Any
) -> Any:
    calendar = {"zone": zone, "week": week, "days": DAYS if days is None else days}
    return answer(Line.model_validate({"start": start, "calendar": calendar} | asked), REFERENCE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23T17:50:00-05:00", 15, "2026-11-24T09:05:00-05:00"),
        ("2026-11-23T22:50:00+00:00", 15, "2026-11-24T09:05:00-05:00"),
        (
            "2026-12-24T12:50:00-05:00",
            15,
            "2026-12-28T09:05:00-05:00",
        ),  # short Thursday, closed Friday, weekend
        ("2026-11-23T17:50:00-05:00", 10, "2026-11-23T18:00:00-05:00"),
        ("2026-11-23T17:50:00-05:00", 0.5, "2026-11-23T17:50:30-05:00"),
    ],
)
def test_a_due_time_is_on_the_calendar_s_wall(start: str, minutes: float, due: str) -> None:
    assert tried(start, minutes=minutes) == {"due": due}


def test_pauses_count_for_nothing_and_one_without_an_end_is_for_ever() -> None:
    start, later = "2026-11-23T17:30:00-05:00", "2026-11-24T10:00:00-05:00"
    paused = [["2026-11-23T17:40:00-05:00", later]]
    assert tried(start, minutes=20, pauses=paused) == {"due": "2026-11-24T10:10:00-05:00"}
    assert tried(start, end=later, pauses=paused) == {"minutes": 10}
    assert tried(start, minutes=20, pauses=[["2026-11-23T17:40:00-05:00", None]]) == {"due": None}
    assert tried(start, minutes=20, week={}, days={}) == {"due": None}


def test_24_00_and_the_night_lose_nothing() -> None:
    always = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    night = {"sat": [["22:00", "02:00"]]}
    start = "2026-10-31T22:00:00-04:00"  # clocks go back in this night
    assert tried(start, minutes=600, week=always) == {"due": "2026-11-01T07:00:00-05:00"}
    assert tried(start, end="2026-11-02T00:00:00-05:00", week=always) == {"minutes": 27 * 60}
    assert tried(start, end="2026-11-02T00:00:00-05:00", week=night) == {"minutes": 5 * 60}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, ()),
        ({"minutes": 5, "end": "2026-11-24T10:00:00-05:00"}, ()),
        ({"minutes": -1}, ("minutes",)),
        ({"minutes": 5, "zone": "Mars/Olympus"}, ("calendar", "zone")),
        ({"minutes": 5, "week": {"mon": [["18:00", "18:00"]]}}, ("calendar", "week", "mon", 0)),
        ({"minutes": 5, "days": {"Christmas": []}}, ("calendar", "days", "Christmas", "[key]")),
        (
            {"minutes": 5, "pauses": [["2026-11-24T10:00:00-05:00", "2026-11-23T10:00:00-05:00"]]},
            ("pauses", 0),
        ),
    ],
)
def test_a_line_that_asks_nothing_sensible_is_refused_by_its_field(
    asked: dict[str, Any], field: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        tried("2026-11-23T17:50:00-05:00", **asked)
    assert refused.value.errors()[0]["loc"] == field


def test_a_start_without_an_offset_is_nobody_s_moment() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        tried("2026-11-23T17:50:00", minutes=5)
