"""The hours on the thank-you page, as people say them."""

from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours, parse_window
from gateway.hosted.thanks import hours_lines


def test_midnight_and_round_the_clock_are_said_in_words() -> None:
    late, always = (parse_window("18:00-24:00"),), (parse_window("00:00-24:00"),)
    hours = WeeklyHours(ZoneInfo("America/New_York"), {0: late, 1: late, 5: always})
    assert hours_lines(hours) == ("Mon to Tue 6 PM to midnight", "Sat all day")
