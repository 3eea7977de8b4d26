"""Birth dates in the spellings that forms use, and moments at the edge of the calendar."""

from datetime import UTC, date, datetime

import pytest

from core.intake.dates import day_of, is_empty, moment_of

TODAY = date(2026, 11, 23)
SPELLINGS = (
    "1985-03-14", "1985-03-14T00:00:00.000Z", "1985-03-14T05:00:00+00:00", "1985-03-14 00:00:00", "1985-3-14",
    "1985/3/14", "3/14/1985", "03-14-1985", "3/14/1985 12:00:00 AM", "14/03/1985", "14.03.1985", "3.14.1985",
    "3/14/85", "19850314", "03141985", "March 14, 1985", "Mar. 14th, 1985", "March 14 1985", "14 mar 1985",
    "14-Mar-85", "14th of March 1985", "Thursday, March 14, 1985",
    "Thu Mar 14 1985 00:00:00 GMT-0500 (Eastern Standard Time)", "14 de marzo de 1985", "marzo 14, 1985",
)  # fmt: skip


@pytest.mark.parametrize("written", SPELLINGS)
def test_one_day_in_its_usual_spellings(written: str) -> None:
    """The fourteenth of March 1985, whoever wrote it."""
    assert day_of(written, TODAY) == date(1985, 3, 14)


@pytest.mark.parametrize("month", ["3", "03", "March"])
def test_a_date_in_three_boxes(month: str) -> None:
    """Month, day and year apart."""
    assert day_of({"month": month, "day": "14", "year": "1985"}, TODAY) == date(1985, 3, 14)


def test_what_may_be_either_is_read_as_in_the_united_states() -> None:
    """The fourth of March is written 4.3., the third of April 3/4."""
    assert day_of("03/04/1985", TODAY) == date(1985, 3, 4)
    assert day_of("03.04.1985", TODAY) == date(1985, 4, 3)


def test_a_year_of_two_digits_is_the_last_one_that_was() -> None:
    """Nobody is born tomorrow."""
    assert day_of("11/23/26", TODAY) == date(2026, 11, 23)
    assert day_of("11/24/26", TODAY) == date(1926, 11, 24)


@pytest.mark.parametrize(
    "written", ["", "yesterday", "1990-02-30", "13/13/1985", "0000-00-00", "4/12", None, [], "12"]
)
def test_what_is_no_day_is_none(written: object) -> None:
    """It is not guessed at."""
    assert day_of(written, TODAY) is None


def test_a_moment_needs_an_offset_and_a_place_on_the_calendar() -> None:
    """Either edge, with an offset that leads over it, raises in a careless conversion."""
    assert moment_of("2026-11-24T11:00:00-05:00") == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    for written in (
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "2026-11-24T11:00:00",
        "soon",
        None,
    ):
        assert moment_of(written) is None


def test_the_empty_dates_of_some_languages_are_empty() -> None:
    """Nobody is told that they wrote it wrongly: they wrote nothing."""
    assert all(map(is_empty, ("", "0001-01-01T00:00:00+02:00", "1970-01-01T00:00:00Z", None)))
    assert not is_empty("2026-11-24T11:00:00-05:00")
