"""When a working day ends, as far as leads are handed over: not at lunch, and not when nobody was there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.errors import InvalidInput
from core.domain.hours import WeeklyHours
from core.staff import hand_over_rules
from core.staff.shift_rules import Rota

PLACE = WeeklyHours(ZoneInfo("America/New_York"), {})
HOUR = timedelta(hours=1)


def monday(wall: str) -> datetime:
    """On 23 November 2026, five hours behind UTC."""
    hour, minute = map(int, wall.split(":"))
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC) + 5 * HOUR


def works(*spans: str, off: tuple[tuple[datetime, datetime], ...] = ()) -> Rota:
    return Rota("maya", "downtown", {"0": list(spans), "1": ["09:00-17:00"]}, off=off)


@pytest.mark.parametrize(
    ("spans", "now", "ends"),
    [
        (["09:00-17:00"], "16:50", "17:00"),
        (["09:00-17:00"], "08:00", None),
        (["09:00-17:00"], "17:00", None),
        (["09:00-13:00", "14:00-18:00"], "12:55", "18:00"),  # lunch is no end
        (["09:00-13:00", "14:00-18:00"], "13:30", "18:00"),
        (["09:00-12:00", "15:00-18:00"], "11:50", "12:00"),  # three hours are
        (["09:00-12:00", "15:00-18:00"], "13:30", None),
    ],
)
def test_a_break_is_a_gap_in_the_day_and_not_its_end(spans: list[str], now: str, ends: str | None) -> None:
    found = hand_over_rules.ends_at(works(*spans), PLACE, monday(now))
    assert found == (monday(ends) if ends else None)


@pytest.mark.parametrize(
    ("now", "ended"),
    [("16:59", None), ("17:00", "17:00"), ("18:30", "17:00"), ("19:30", None), ("08:30", None)],
)
def test_a_day_that_ended_is_known_for_two_hours(now: str, ended: str | None) -> None:
    """A scheduler that was down for the night makes up no hand-over of yesterday."""
    found = hand_over_rules.ended_at(works("09:00-17:00"), PLACE, monday(now))
    assert found == (monday(ended) if ended else None)


def test_time_off_that_begins_in_the_day_ends_it() -> None:
    leave = works("09:00-17:00", off=((monday("12:00"), monday("23:00")),))
    assert hand_over_rules.ends_at(leave, PLACE, monday("11:50")) == monday("12:00")
    assert hand_over_rules.ended_at(leave, PLACE, monday("12:30")) == monday("12:00")


def test_a_page_knows_the_days_ahead() -> None:
    found = hand_over_rules.ahead(works("09:00-17:00"), PLACE, monday("10:00"), monday("10:00") + 36 * HOUR)
    assert [end for _, end in found] == [monday("17:00"), monday("17:00") + 24 * HOUR]
    assert found[0][0] <= monday("10:00") < found[0][1]


def test_a_note_has_an_end() -> None:
    assert hand_over_rules.note("  Call Ana first \n") == "Call Ana first"
    with pytest.raises(InvalidInput, match="at most 1000"):
        hand_over_rules.note("x" * 1001)
