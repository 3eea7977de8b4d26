"""The words and the choice of times of a patient's own page."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.errors import InvalidInput
from core.free_times import Slot
from gateway.booking_page.asked import asked, time_of
from gateway.booking_page.finding import a_few
from gateway.booking_page.moments import Wall
from gateway.booking_page.words import EN, ES

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 10:00
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    assert EN.keys() == ES.keys()
    gaps = re.compile(r"{\w+}")
    assert {key for key in EN if sorted(gaps.findall(EN[key])) != sorted(gaps.findall(ES[key]))} == set()


@pytest.mark.parametrize(
    ("language", "at", "near", "button"),
    [
        ("en", NOW + HOUR, "today 11:00 AM", "today 11:00 AM"),
        ("en", NOW + DAY, "Tue 10:00 AM", "tomorrow 10:00 AM"),
        ("en", NOW + 6 * DAY, "Sun 10:00 AM", "Sunday 10:00 AM"),
        ("en", NOW + 7 * DAY, "Nov 30, 10:00 AM", "Mon, Nov 30, 10:00 AM"),
        ("es", NOW + DAY, "mar 10:00 AM", "mañana 10:00 AM"),
        ("es", NOW + 2 * DAY, "mié 10:00 AM", "miércoles 10:00 AM"),
        ("es", NOW + 7 * DAY, "30 nov, 10:00 AM", "lun, 30 nov, 10:00 AM"),
    ],
)
def test_a_weekday_alone_is_said_only_where_it_can_mean_one_day(
    language: str, at: datetime, near: str, button: str
) -> None:
    """A button that books 'Monday' must not mean Monday in a week."""
    wall = Wall(NEW_YORK, language, NOW)
    assert (wall.near(at), wall.button(at)) == (near, button)


def test_the_night_in_which_clocks_change_shows_the_walls_time() -> None:
    wall = Wall(NEW_YORK, "en", datetime(2026, 10, 31, 12, 0, tzinfo=UTC))
    assert wall.near(datetime(2026, 11, 1, 14, 0, tzinfo=UTC)) == "Sun 9:00 AM"
    assert wall.button(datetime(2026, 10, 31, 14, 0, tzinfo=UTC)) == "today 10:00 AM"


def slots(count: int) -> list[Slot]:
    return [Slot(NOW + n * HOUR / 6, NOW + n * HOUR / 6 + HOUR, "tess", "downtown") for n in range(count)]


@pytest.mark.parametrize("count", range(60))
def test_a_day_shows_its_first_time_and_never_more_than_six(count: int) -> None:
    free = slots(count)
    shown = a_few(free, 6, None)
    assert len(shown) == min(count, 6)
    assert shown == sorted(set(shown))
    assert shown[:1] == free[:1]


@pytest.mark.parametrize("number", range(40))
def test_the_held_time_is_always_among_them(number: int) -> None:
    free = slots(40)
    held = free[number].starts_at
    assert held in [slot.starts_at for slot in a_few(free, 6, held)]


def test_times_are_spread_over_the_day() -> None:
    shown = a_few(slots(48), 6, None)
    assert shown[-1].starts_at - shown[0].starts_at >= 6 * HOUR


def test_an_address_carries_what_was_chosen_and_forgets_what_just_happened() -> None:
    wish = asked(
        "abc", "change", {"lang": "es", "where": "westlake", "with": "x", "done": "call", "junk": "1"}
    )
    assert wish.path() == "/b/abc/change?lang=es&where=westlake&with=x"
    assert wish.path("", where="", provider="") == "/b/abc?lang=es"
    assert asked("a/b?c", "", {}).path("hold") == "/b/a%2Fb%3Fc/hold"


def test_a_moment_without_a_zone_is_no_time_of_ours() -> None:
    assert time_of("2026-11-23T10:00:00-05:00") == NOW
    for text in ("2026-11-23T10:00", "", "now", "0001-01-01T00:00+14:00"):
        with pytest.raises(InvalidInput) as refused:
            time_of(text)
        assert refused.value.errors[0].field == "at"
