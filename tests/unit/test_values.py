"""Small values that everything rests on: ids, phones, times, keys."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.db.crypto import new_keyset, parse_keyset, rotated
from core.domain.clock import machine_span, parse_clock
from core.domain.errors import InvalidInput, SettingsError
from core.domain.ids import is_id, new_id, number_of, reference
from core.domain.phone import mask_phone, parse_phone, show_phone
from core.settings import load_settings

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id(NOW + timedelta(microseconds=n // 5)) for n in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 2000
    assert is_id(ids[0])


@pytest.mark.parametrize("text", ["", "abc", "../../etc", "01a2088c"])
def test_what_is_no_id_is_seen(text: str) -> None:
    assert not is_id(text)


@given(st.integers(min_value=1, max_value=10**9))
def test_a_reference_leads_back_to_its_lead(number: int) -> None:
    assert number_of(reference(number)) == number


@pytest.mark.parametrize(
    "text", ["407-555-0155", "(407) 555 0155", "+1 407 555 0155", "4075550155", "1-407-555-0155"]
)
def test_every_way_to_write_a_number_is_the_same_number(text: str) -> None:
    assert parse_phone(text) == "+14075550155"


@pytest.mark.parametrize(
    "text",
    ["", "407-555-O155", "555-0155", "1-800-FLOWERS", "+44 20 7946 0958", "000 000 0000", "12345678901234"],
)
def test_a_number_that_cannot_be_dialled_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_phone(text)
    assert refusal.value.errors[0].field == "phone"


def test_numbers_are_masked_in_logs_and_readable_on_screens() -> None:
    assert mask_phone("+14075550155") == "+1******0155"
    assert show_phone("+14075550155") == "(407) 555-0155"


def test_a_value_moved_to_another_column_does_not_decrypt() -> None:
    keyring = parse_keyset(new_keyset())
    stored = keyring.encrypt(b"Omar", b"patients.first_name")
    assert keyring.decrypt(stored, b"patients.first_name") == b"Omar"
    with pytest.raises(InvalidTag):
        keyring.decrypt(stored, b"patients.last_name")


def test_after_a_rotation_old_values_stay_readable_and_new_ones_use_the_new_key() -> None:
    first = new_keyset()
    old, new = parse_keyset(first), parse_keyset(rotated(first))
    assert new.decrypt(old.encrypt(b"Omar", b"x"), b"x") == b"Omar"
    assert new.encrypt(b"Omar", b"x")[:4] != old.primary
    assert new.blind("phone", "+14075550155") == old.blind("phone", "+14075550155")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keys": {}, "primary": "00"}'])
def test_a_broken_keyset_is_refused_with_its_setting(text: str) -> None:
    with pytest.raises(SettingsError, match="LUXE_KEYSET"):
        parse_keyset(text)


def test_processes_that_share_an_origin_read_the_same_made_up_time() -> None:
    clock = parse_clock("2026-11-23T09:00:00-05:00@600", origin=1_000_000.0)
    assert clock.start == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert machine_span(clock, 2) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"clock": "tomorrow"}, "LUXE_CLOCK"),
        ({"clock": "2026-11-23T09:00:00@60"}, "LUXE_CLOCK"),
        ({"clock": "2026-11-23T09:00:00-05:00@0"}, "LUXE_CLOCK"),
        (
            {
                "clock": "2026-11-23T09:00:00-05:00@60",
                "twilio_account_sid": "AC1",
                "twilio_auth_token": "t",
                "twilio_from": "+15125550100",
            },
            "LUXE_CLOCK",
        ),
        ({"gateway_port": 99999}, "LUXE_GATEWAY_PORT"),
        ({"clinic_timezone": "Mars/Olympus"}, "LUXE_CLINIC_TIMEZONE"),
        ({"database_url": "mysql://x"}, "LUXE_DATABASE_URL"),
        ({"twilio_account_sid": "AC1"}, "LUXE_TWILIO_AUTH_TOKEN"),
        ({"public_url": "clinic.example.com"}, "LUXE_PUBLIC_URL"),
        ({"form_keys": "[1]"}, "LUXE_FORM_KEYS"),
    ],
)
def test_a_wrong_setting_is_named_with_the_way_out(settings: dict[str, object], name: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        _ = load_settings(_env_file=None, **settings).build_clock
    assert refusal.value.setting == name
