"""Telephone numbers as people, phones and other programs write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput
from core.domain.phone import (
    Phone,
    dial_phone,
    is_premium,
    may_be_texted,
    parse_phone,
    read_phone,
    show_phone,
)

PLAIN = Phone("+13025550117")
FULL_WIDTH = str.maketrans(
    "0123456789+-()", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0b\uff0d\uff08\uff09"
)


@pytest.mark.parametrize(
    "text",
    [
        "302-555-0117",
        "302.555.0117",
        "302/555/0117",
        "1-302-555-0117",
        "+1 (302) 555 0117",
        "(+1) 302 555 0117",
        "302\u00a0555\u00a00117",
        "302\u20115550117",
        "302\u2013555\u20140117",
        "302\u2212555\u22120117",
        "\u200e(302) 555-0117\u202c",
        "\ufeff302-555-0117",
        "(302) 555-0117".translate(FULL_WIDTH),
        "+13025550117".translate(FULL_WIDTH),
        "\u0663\u0660\u0662-\u0665\u0665\u0665-\u0660\u0661\u0661\u0667",
        "tel:+13025550117",
        "TEL:+1-302-555-0117",
        "tel: (302) 555-0117",
        "tel://3025550117",
        "tel:302-555-0117;phone-context=+1",
        "tel:302-555-0117;phone-context=example.com",
        "tel:%2B13025550117",
        "011 1 302 555 0117",
        "001 302 555 0117",
    ],
)
def test_every_spelling_of_a_number_is_that_number(text: str) -> None:
    assert read_phone(text) == PLAIN
    assert parse_phone(text) == PLAIN.e164


@pytest.mark.parametrize(
    "text",
    [
        "302-555-0117 x12",
        "302-555-0117x12",
        "(302) 555-0117 ext. 12",
        "(302) 555-0117, ext 12",
        "302-555-0117 (x12)",
        "302-555-0117 Extension: 12",
        "302-555-0117 extensi\u00f3n 12",
        "302-555-0117 #12",
        "302-555-0117;ext=12",
        "tel:+1-302-555-0117;ext=12",
        "tel:302-555-0117;ext=12;phone-context=+1",
        "302-555-0117 x12".translate(FULL_WIDTH),
        "302-555-0117 \uff5812",
    ],
)
def test_an_extension_is_kept_and_makes_a_number_call_only(text: str) -> None:
    phone = read_phone(text)
    assert phone == Phone("+13025550117", "12")
    assert not phone.textable
    with pytest.raises(InvalidInput, match="extension"):
        parse_phone(text)


@pytest.mark.parametrize("code", ["621", "679", "436", "861", "235", "729", "748", "564"])
def test_an_area_code_is_taken_whatever_list_of_them_is_at_hand(code: str) -> None:
    assert read_phone(f"{code}-555-0155") == Phone(f"+1{code}5550155")
    assert read_phone(f"{code}-555-0155").textable


@pytest.mark.parametrize(
    "text",
    [
        "012-555-0117",  # no area code begins with 0 or 1
        "911-555-0117",  # a service code
        "302-911-0117",  # and no central office either
        "302-155-0117",
        "302-055-0117",
        "292-555-0117",  # N9X waits for longer numbers
        "372-555-0117",  # 37X and 96X are set aside
        "961-555-0117",
        "222-222-2222",  # two equal digits at the end: a service, and none of those in use
        "555-555-5555",
        "000-000-0000",
    ],
)
def test_what_the_numbering_plan_rules_out_does_not_exist(text: str) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read_phone(text)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("00 44 20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("787-555-0155", "+17875550155"),
        ("340-555-0155", "+13405550155"),
        ("671-555-0155", "+16715550155"),
        ("876-555-0155", "+18765550155"),
        ("800-555-0155", "+18005550155"),
        ("900-555-0155", "+19005550155"),
        ("500-555-0155", "+15005550155"),
        ("600-555-0155", "+16005550155"),
    ],
)
def test_a_number_abroad_in_a_territory_or_of_a_service_is_kept_and_never_texted(
    text: str, e164: str
) -> None:
    phone = read_phone(text)
    assert phone == Phone(e164)
    assert not phone.textable
    with pytest.raises(InvalidInput, match="United States and Canada"):
        parse_phone(text)


@pytest.mark.parametrize("text", ["204-555-0155", "867-555-0155", "907-555-0155", "808-555-0155"])
def test_canada_alaska_and_hawaii_are_texted(text: str) -> None:
    assert read_phone(text).textable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter a mobile number"),
        (" \u200e ", "Enter a mobile number"),
        ("407-555-O155", "letters"),
        ("1-800-FLOWERS", "letters"),
        ("302x555x0117", "letters"),
        ("302-555-0117 ext", "letters"),
        ("555-0155", "7 digits"),
        ("+1 302 555 011", "9 digits"),
        ("302-555-0117 302-555-0118", "not a complete"),
        ("302-555-0117 +1", "one number only"),
        ("+44 20 7946", "country code"),
        ("+999 1234 5678", "country code"),
        ("+", "country code"),
    ],
)
def test_a_number_that_cannot_be_read_says_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_phone(text)
    assert words in refused.value.errors[0].message
    assert refused.value.errors[0].field == "phone"


def test_a_number_that_charges_its_callers_is_known() -> None:
    assert is_premium("+19005550155")
    assert is_premium("+449098790000")
    assert not is_premium("+13025550117")
    assert not is_premium("+16215550155")


def test_an_extension_is_shown_and_dialled() -> None:
    assert show_phone("+13025550117", "12") == "(302) 555-0117 ext. 12"
    assert dial_phone("+13025550117", "12") == "+13025550117;ext=12"
    assert dial_phone("+13025550117") == "+13025550117"


def test_whatever_the_library_calls_a_line_of_the_two_countries_may_be_texted_and_nothing_else() -> None:
    """The plan's own rules and the library's tables are written apart: where both know a code, they agree."""
    lines = (phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,)
    for code in range(200, 1000):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{code}5550155"))
        region = phonenumbers.region_code_for_number(number)
        if region is None:
            continue
        ours = region in ("US", "CA") and phonenumbers.number_type(number) in lines
        assert may_be_texted(f"+1{code}5550155") == ours, code
        assert read_phone(f"{code}-555-0155").e164 == f"+1{code}5550155"


@given(st.text(max_size=40))
def test_no_text_whatever_stumbles_or_becomes_a_number_by_its_letters(text: str) -> None:
    try:
        phone = read_phone(text)
    except InvalidInput:
        return
    assert phone.e164[0] == "+"
    assert phone.e164[1:].isdecimal()
    assert phone.e164.isascii()


@pytest.mark.parametrize("piece", ["(", " ", "1", "x", "407-555-0155 "])
def test_what_is_longer_than_any_number_is_refused_unread(piece: str) -> None:
    """Fuzzing: 100 KB of brackets, as our own page may send them, kept the one writer busy for two minutes."""
    with pytest.raises(InvalidInput):
        read_phone(piece * 100_000)
