"""Where a patient may be: every area code and ZIP code, and the zones in which a text must be allowed."""

import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import pytest
from phonenumbers import timezone

from core.domain.phone import ISLANDS, may_be_texted
from core.patients.rules import ANYWHERE, Whereabouts, whereabouts
from core.patients.zips import CERTAIN, SINGLE, STATES, certain_zone_of_zip, state_of_zip
from core.reference import load_reference
from data.places import area_codes as build

CODES = load_reference(ZoneInfo("America/New_York")).area_codes
SOURCE: dict[str, Any] = tomllib.loads(build.SOURCE.read_text(encoding="utf-8"))
EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
CLINIC = "America/New_York"


FEW = 4
WINTER, SUMMER = datetime(2026, 1, 15, 18, tzinfo=UTC), datetime(2026, 7, 15, 18, tzinfo=UTC)


def clock_of(zone: str) -> tuple[str, str]:
    return f"{WINTER.astimezone(ZoneInfo(zone)):%H:%M}", f"{SUMMER.astimezone(ZoneInfo(zone)):%H:%M}"


NOWHERE = {
    "907": {clock_of("Pacific/Honolulu")}
}  # the library's guess for the Aleutians, which change their clocks


def zones(zip_code: str = "", phone: str = "") -> set[str]:
    return set(whereabouts(zip_code, phone, CODES, CLINIC).zones)


def test_the_built_file_is_what_its_source_makes() -> None:
    """`python -m data.places.area_codes` after a change of places.toml."""
    assert build.BUILT.read_text(encoding="utf-8") == build.made()


def test_every_area_code_that_the_library_knows_to_be_a_place_is_in_the_table() -> None:
    lines = (phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,)
    for code in range(200, 1000):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{code}5550155"))
        region = phonenumbers.region_code_for_number(number)
        if region in ("US", "CA") and phonenumbers.number_type(number) in lines:
            assert str(code) in CODES, code
        elif region not in ("US", "CA", None):
            assert str(code) in CODES, code
            assert str(code) in ISLANDS, code


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("235", "MO"), ("257", ""), ("274", "WI"), ("283", "OH"), ("324", "FL"), ("327", "AR"), ("329", "NY"),
        ("350", "CA"), ("353", "WI"), ("357", "CA"), ("363", "NY"), ("369", "CA"), ("436", "OH"), ("457", "LA"),
        ("465", "NY"), ("471", "MS"), ("472", "NC"), ("483", "AL"), ("557", "MO"), ("572", "OK"), ("621", "TX"),
        ("624", "NY"), ("645", "FL"), ("679", "MI"), ("686", "VA"), ("689", "FL"), ("728", "FL"), ("729", "TN"),
        ("730", "IL"), ("738", "CA"), ("748", "CO"), ("771", "DC"), ("821", "SC"), ("826", "VA"), ("835", "PA"),
        ("837", "CA"), ("861", "IL"), ("879", ""), ("924", "MN"), ("942", ""), ("943", "GA"), ("945", "TX"),
        ("948", "VA"), ("975", "MO"), ("983", "CO"),
    ],
)  # fmt: skip
def test_the_newest_area_codes_are_known(code: str, state: str) -> None:
    assert CODES[code][0] == state


def test_every_zone_exists_and_no_code_is_without_one() -> None:
    known = available_timezones()
    for code, (state, its_zones) in CODES.items():
        assert its_zones, code
        assert set(its_zones) <= known, code
        assert not state or set(its_zones) <= set(SOURCE["states"][state]), code


def test_every_zone_of_a_state_belongs_to_one_of_its_codes_and_every_code_that_is_certain_to_its_state() -> (
    None
):
    for state, its_zones in SOURCE["states"].items():
        found = {
            zone for its_state, code_zones in CODES.values() if its_state == state for zone in code_zones
        }
        assert found == set(its_zones), state
    codes = [code for listed in SOURCE["certain"].values() for code in listed]
    assert len(codes) == len(set(codes))
    assert all(str(code) in CODES for code in codes)


def test_the_library_never_finds_a_number_on_a_clock_that_the_table_lacks() -> None:
    """It knows the place of single exchanges: what their walls show in winter and in summer is among ours."""
    for code, (state, its_zones) in CODES.items():
        if not state or code in ISLANDS:
            continue
        ours = {clock_of(zone) for zone in its_zones}
        for exchange in range(200, 1000, 3):
            number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{code}{exchange}0155"))
            found = timezone.time_zones_for_geographical_number(number)
            if len(found) <= FEW:  # else it knows the country only
                assert {clock_of(zone) for zone in found} - NOWHERE.get(code, set()) <= ours, (code, found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("423", {EASTERN, CENTRAL}),
        ("219", {EASTERN, CENTRAL}),
        ("270", {EASTERN, CENTRAL}),
        ("364", {EASTERN, CENTRAL}),
        ("606", {EASTERN, CENTRAL}),
        ("574", {EASTERN, CENTRAL}),
        ("812", {EASTERN, CENTRAL}),
        ("930", {EASTERN, CENTRAL}),
        ("308", {CENTRAL, MOUNTAIN}),
        ("620", {CENTRAL, MOUNTAIN}),
        ("785", {CENTRAL, MOUNTAIN}),
        ("448", {EASTERN, CENTRAL}),
        ("850", {EASTERN, CENTRAL}),
        ("689", {EASTERN, CENTRAL}),
        ("541", {PACIFIC, "America/Boise"}),
        ("458", {PACIFIC, "America/Boise"}),
        ("906", {EASTERN, CENTRAL}),
        ("928", {"America/Phoenix", MOUNTAIN}),
        ("208", {PACIFIC, "America/Boise"}),
        ("605", {CENTRAL, MOUNTAIN}),
        ("701", {CENTRAL, MOUNTAIN}),
        ("729", {EASTERN, CENTRAL}),
        ("432", {CENTRAL, MOUNTAIN}),
        ("915", {MOUNTAIN}),
        ("480", {"America/Phoenix"}),
        ("407", {EASTERN}),
        ("512", {CENTRAL}),
        ("787", {"America/Puerto_Rico"}),
        ("340", {"America/St_Thomas"}),
        ("671", {"Pacific/Guam"}),
        ("684", {"Pacific/Pago_Pago"}),
        ("670", {"Pacific/Saipan"}),
        ("286", set(ANYWHERE)),
    ],
)
def test_an_area_code_stands_for_every_zone_in_which_it_may_lie(code: str, expected: set[str]) -> None:
    assert zones(phone=f"+1{code}5550155") == expected


@pytest.mark.parametrize(
    ("zip_code", "state", "expected"),
    [
        ("46204", "IN", {EASTERN}),
        ("46402", "IN", {CENTRAL}),
        ("46534", "IN", {EASTERN, CENTRAL}),
        ("32401", "FL", {EASTERN, CENTRAL}),
        ("32501", "FL", {CENTRAL}),
        ("33101", "FL", {EASTERN}),
        ("79901", "TX", {MOUNTAIN}),
        ("79836", "TX", {CENTRAL, MOUNTAIN}),
        ("88510", "TX", {MOUNTAIN}),
        ("73301", "TX", {CENTRAL}),
        ("86503", "AZ", {"America/Phoenix", MOUNTAIN}),
        ("85004", "AZ", {"America/Phoenix"}),
        ("97914", "OR", {PACIFIC, "America/Boise"}),
        ("89883", "NV", {PACIFIC, MOUNTAIN}),
        ("20101", "VA", {EASTERN}),
        ("20001", "DC", {EASTERN}),
        ("56901", "DC", {EASTERN}),
        ("00501", "NY", {EASTERN}),
        ("06390", "NY", {EASTERN}),
        ("00802", "VI", {"America/St_Thomas"}),
        ("00901", "PR", {"America/Puerto_Rico"}),
        ("96799", "AS", {"Pacific/Pago_Pago"}),
        ("96910", "GU", {"Pacific/Guam"}),
        ("96950", "MP", {"Pacific/Saipan"}),
        ("96813", "HI", {"Pacific/Honolulu"}),
    ],
)
def test_a_zip_code_outranks_the_area_code_and_narrows_only_where_it_is_certain(
    zip_code: str, state: str, expected: set[str]
) -> None:
    where = whereabouts(zip_code, "+12125550155", CODES, CLINIC)
    assert (where.state, set(where.zones)) == (state, expected)


@pytest.mark.parametrize(
    "zip_code", ["09012", "34002", "96201", "96350", "96941", "00012", "99", "", "ABCDE"]
)
def test_military_mail_and_codes_of_nobody_leave_it_to_the_area_code(zip_code: str) -> None:
    assert whereabouts(zip_code, "+12125550155", CODES, CLINIC) == Whereabouts((EASTERN,), "NY")


def test_only_who_gave_no_number_at_all_is_where_the_clinic_is() -> None:
    assert whereabouts("", "", CODES, "America/Phoenix") == Whereabouts(("America/Phoenix",), "")
    assert whereabouts("", "+12865550155", CODES, "America/Phoenix").zones == ANYWHERE


def test_every_state_has_zip_codes_and_ranges_do_not_overlap() -> None:
    assert {state for _, _, state in STATES} | {state for state in SINGLE.values() if state} == set(
        SOURCE["states"]
    )
    for table in (STATES, CERTAIN):
        assert all(low <= high for low, high, _ in table)
        assert all(before[1] < after[0] for before, after in pairwise(table))


def test_a_zip_code_s_certain_zone_is_one_of_its_state() -> None:
    for prefix in range(1000):
        certain = certain_zone_of_zip(f"{prefix:03}01")
        state = state_of_zip(f"{prefix:03}01")
        assert not (certain and state) or certain in SOURCE["states"][state], prefix


def test_whoever_may_be_texted_has_a_place() -> None:
    for code, (state, its_zones) in CODES.items():
        assert its_zones
        assert may_be_texted(f"+1{code}5550155") == (code not in ISLANDS), (code, state)
