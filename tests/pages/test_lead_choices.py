"""What the questions about a lead offer, and how a moment comes back from the screen."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.parts import lead_choices, task_actions, visit_actions
from console.parts.message import Message
from core.domain.hours import WeeklyHours
from tests.conftest import TestApp
from tests.flows.booking.test_zones import in_zone

EASTERN = ZoneInfo("America/New_York")


def hours(*windows: tuple[time, time]) -> WeeklyHours:
    return WeeklyHours(EASTERN, dict.fromkeys(range(7), windows))


def test_a_day_that_ends_at_midnight_is_open_until_then() -> None:
    """'00:00' as an end would close the picker's whole evening."""
    shown = lead_choices.windows(hours((time(9), time(13)), (time(14), time(0))), 0)
    assert shown == [["09:00", "13:00"], ["14:00", "24:00"]]
    assert lead_choices.windows(WeeklyHours(EASTERN, {}), 0) == []


@pytest.mark.parametrize(
    ("message", "moment"),
    [
        ({"date": "2026-11-01", "time": "01:30"}, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ({"date": "2026-11-01", "time": "01:30", "second": True}, datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ({"date": "2026-12-01", "time": "14:30", "second": True}, datetime(2026, 12, 1, 19, 30, tzinfo=UTC)),
    ],
)
def test_of_an_hour_that_comes_twice_the_chosen_one_counts(
    monkeypatch: pytest.MonkeyPatch, app: object, message: dict[str, object], moment: datetime
) -> None:
    """The picker asks which; what was answered must not be lost on the way."""
    monkeypatch.setattr(task_actions, "current_app", lambda: app)
    assert task_actions.when(message) == moment


def test_a_day_and_a_time_are_meant_on_the_wall_of_their_place_and_said_there(
    monkeypatch: pytest.MonkeyPatch, app: TestApp
) -> None:
    """The picker shows that wall, named where it is not the clinic's; else a visit would be moved by two hours."""
    there = replace(app, shipped=in_zone(app.reference, "America/Denver", "westlake"))
    for module in (task_actions, visit_actions):
        monkeypatch.setattr(module, "current_app", lambda: there)
    asked = {"date": "2026-11-24", "time": "13:00", "place": "westlake"}
    moment = task_actions.when(Message(asked))
    assert moment == datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    assert task_actions.said(moment, "westlake") == "Tue 1:00 PM MST"
    assert task_actions.said(moment, "downtown") == "Tue 3:00 PM"
    back = visit_actions.move_back("visit", moment + timedelta(hours=1), moment, "westlake")
    assert back
    assert task_actions.when(Message(back)) == moment
    places = lead_choices._walls(there.reference, moment.date())
    assert {slug: wall["zone"] for slug, wall in places.items()} == {
        "downtown": "America/New_York",
        "westlake": "America/Denver",
    }
