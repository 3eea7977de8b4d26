"""Holidays of any year, on their day and on the weekday on which they are observed."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from core.compliance.legal_holidays import LegalHolidays, names_of_year
from core.reference import load_reference
from core.shipped import read_toml

FEDERAL = LegalHolidays()


@pytest.mark.parametrize(
    "day",
    [
        "2026-07-03", "2026-07-04", "2026-11-26", "2027-06-18", "2027-06-19", "2027-07-05", "2027-12-24", "2027-12-25",
        "2027-12-31", "2028-01-01", "2031-05-26", "2040-11-22", "2061-12-26",
    ],
)  # fmt: skip
def test_a_federal_holiday_counts_on_its_day_and_on_the_day_it_is_observed(day: str) -> None:
    assert date.fromisoformat(day) in FEDERAL


@pytest.mark.parametrize("day", ["2026-11-27", "2027-12-26", "2027-02-09", "2026-12-24"])
def test_other_days_are_none(day: str) -> None:
    assert date.fromisoformat(day) not in FEDERAL


def test_a_state_has_its_own_beside_the_federal_ones() -> None:
    assert date(2027, 2, 9) in LegalHolidays("LA")  # Mardi Gras
    assert date(2027, 7, 24) in LegalHolidays("UT")  # Pioneer Day
    assert date(2027, 7, 4) in LegalHolidays("LA")


def test_the_clinic_closes_on_the_holidays_that_its_data_names_in_any_year() -> None:
    hours = load_reference(ZoneInfo("America/New_York")).clinic.location("downtown").hours
    assert hours.on(date(2032, 12, 25)) == hours.on(date(2032, 11, 25)) == []
    assert hours.on(date(2032, 10, 11))  # Columbus Day
    known = set(names_of_year(2026).values())
    assert set(read_toml("clinic.toml")["closed_holidays"]) <= known
