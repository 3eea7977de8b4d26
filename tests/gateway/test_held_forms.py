"""Forms of our own page that look as if no person had sent them: kept without a text, and the person is thanked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from core.intake.suspicion_rules import read_reasons
from gateway.main import create_app
from tests.conftest import TestApp
from tests.gateway.asking import Gateway
from tests.gateway.test_forms import LEAD, opened, send
from tests.samples import TWILIO_URL

NO_HAND = {"touched": ""}
PEER = ("203.0.113.9", 4711)


@pytest.fixture
def public(public_app: TestApp) -> Iterator[Gateway]:
    """The gateway as it stands on the internet: every limit as it ships, asked from an address."""
    names = (
        "form_signs",
        "form_number_hour",
        "form_number_day",
        "form_new_numbers",
        "form_network",
        "form_words",
    )
    shipped = {name: type(public_app.settings).model_fields[name].default for name in names}
    app = replace(public_app, settings=public_app.settings.model_copy(update=shipped))
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False, client=PEER) as client:
        yield Gateway(client, app)


def limited(gateway: Gateway, **limits: int) -> None:
    """Other limits than those that ship."""
    context = gateway.client.app.state.context  # type: ignore[attr-defined]
    changed = gateway.app.settings.model_copy(update=limits)
    object.__setattr__(context, "app", replace(gateway.app, settings=changed))


def fill(gateway: Gateway, seconds: float = 30, touched: bool = True, **values: Any) -> httpx.Response:
    """Open the page, and send it after a while."""
    hidden = opened(gateway, "/f/lead-capture")
    gateway.app.clock.advance(timedelta(seconds=seconds))
    hand = {"touched": "yes" if touched else ""}
    return send(gateway, "lead-capture", hidden | LEAD | {"sms_transactional": "yes"} | hand | values)


def number(n: int) -> str:
    return f"512-555-{n + 1000:04d}"


def states(gateway: Gateway) -> list[str]:
    return sorted(gateway.column("raw_payloads.state"))


def why(gateway: Gateway) -> list[list[str]]:
    kept = [error for error in gateway.column("raw_payloads.error") if error]
    return [[reason.code for reason in read_reasons(error)] for error in kept]


def texts(gateway: Gateway) -> int:
    """Texts to patients that are planned."""
    kinds = zip(gateway.column("timed_actions.kind"), gateway.column("timed_actions.audience"), strict=True)
    return sum(one == ("text", "patient") for one in kinds)


def test_a_person_becomes_a_lead_and_is_texted(public: Gateway) -> None:
    """With scripts or without: a form that somebody filled in is never held."""
    assert fill(public).status_code == 303
    assert fill(public, touched=False, phone=number(2)).status_code == 303
    assert public.count("leads") == 2
    assert states(public) == ["accepted", "accepted"]
    assert texts(public) > 0


def test_a_form_that_a_program_posted_is_held_without_a_text(public: Gateway) -> None:
    """Finding 1: one curl made the clinic text any words to any phone. It is kept, thanked, and nothing leaves."""
    answer = send(public, "lead-capture", LEAD | {"sms_transactional": "yes"})
    assert answer.status_code == 303
    assert "Your request is with us" in public.client.get(answer.headers["location"]).text
    assert states(public) == ["to_check"]
    assert why(public) == [["no_page", "untouched"]]
    assert public.count("leads") == public.count("patients") == public.count("form_submissions") == 0
    assert texts(public) == 0


def test_a_form_sent_in_a_moment_by_no_hand_is_held(public: Gateway) -> None:
    fill(public, seconds=1, touched=False)
    assert why(public) == [["hurried", "untouched"]]


def test_a_held_form_that_is_sent_again_waits_once(public: Gateway) -> None:
    """A double tap, or a program that tries until it hears of success."""
    hidden = opened(public, "/f/lead-capture") | NO_HAND
    for _ in range(3):
        assert send(public, "lead-capture", hidden | LEAD).status_code == 303
    assert states(public) == ["to_check"]


def test_an_accepted_form_that_is_sent_again_is_a_repeat_and_is_not_held(public: Gateway) -> None:
    hidden = opened(public, "/f/lead-capture")
    public.app.clock.advance(timedelta(seconds=30))
    for _ in range(8):
        assert send(public, "lead-capture", hidden | LEAD).status_code == 303
    assert public.count("leads") == 1
    assert "to_check" not in states(public)


def test_many_forms_of_one_network_within_minutes_are_held(public: Gateway) -> None:
    """Finding 6: hundreds of forms from one place are looked at first; the office next door stays under the limit."""
    limited(public, form_network=5)
    for n in range(7):
        fill(public, seconds=10, phone=number(n))
    assert public.count("leads") == 5
    assert why(public) == [["network"], ["network"]]
    public.app.clock.advance(timedelta(minutes=6))
    fill(public, phone=number(9))
    assert public.count("leads") == 6


def test_the_same_words_in_many_forms_are_held(public: Gateway) -> None:
    said = "Your parcel is held, call us back now"
    for n in range(4):
        fill(public, phone=number(n), name=f"{said} {'!' * n}")
    assert public.count("leads") == 3
    assert why(public) == [["words"]]


def test_above_so_many_new_numbers_an_hour_forms_wait_and_known_patients_do_not(public: Gateway) -> None:
    """Finding 1: a limit for new numbers an hour. Nothing is refused, and nothing is lost."""
    limited(public, form_new_numbers=2, form_network=0)
    for n in range(4):
        fill(public, phone=number(n))
    assert (public.count("leads"), why(public)) == (2, [["new_numbers"], ["new_numbers"]])
    fill(public, phone=number(0), treatment="dermal_filler")
    assert public.count("leads") == 3
    public.app.clock.advance(timedelta(hours=2))
    fill(public, phone=number(8))
    assert public.count("leads") == 4


def test_a_number_that_is_entered_again_and_again_gets_no_further_text(public: Gateway) -> None:
    """Finding 1: a limit for each number. Each form is still a lead, and the person hears that we have it."""
    planned = []
    for n in range(5):
        answer = fill(public, name=f"Name{n} Other{n}")
        assert "Thank you" in public.client.get(answer.headers["location"]).text
        planned.append(texts(public))
    assert public.count("leads") == 5
    assert planned[0] < planned[1] < planned[2] == planned[3] == planned[4]
    assert "refused_text" in public.column("lead_events.kind")
    public.app.clock.advance(timedelta(hours=1, minutes=5))
    fill(public, name="Later Hour")
    assert texts(public) > planned[4]


def test_a_sender_with_the_right_key_is_exempt(public: Gateway) -> None:
    """Finding 1: the clinic's own systems may bring a hundred forms of one number in a minute."""
    for n in range(8):
        assert public.submit(external_id=f"abc-{n}").status_code == 201
    assert public.count("form_knocks") == 0
    assert "to_check" not in states(public)
    assert public.count("leads") == 8


def test_no_number_and_no_address_stand_in_what_is_counted(public: Gateway) -> None:
    """Counted by keyed hashes: a stolen table tells nobody who sent what."""
    send(public, "lead-capture", opened(public, "/f/lead-capture") | NO_HAND | LEAD)
    for column in ("form_index", "page_index", "number_index", "network_index"):
        (value,) = public.column(f"form_knocks.{column}")
        assert len(value) == 32
        assert "512" not in value or "5550115" not in value


def test_a_minor_is_told_and_not_held(public: Gateway) -> None:
    """What a person can mend at the page goes back to them, suspicious or not."""
    answer = send(public, "lead-capture", LEAD | {"date_of_birth": "2015-01-01"})
    assert answer.status_code == 422
    assert public.count("raw_payloads") == 0
