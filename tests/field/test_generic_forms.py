"""Generic forms from the field: odd values cost nobody a lead."""

import json
from typing import Any

import pytest

from tests.field.delivering import case, generic, texts
from tests.gateway.asking import Gateway


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(case(name))
    return loaded


def test_generic_first_timestamp(signed_gateway: Gateway) -> None:
    """A sender's empty date, with an offset that leaves the calendar, is a time that was not given."""
    answer = generic(signed_gateway, document("generic-first-timestamp.json"))
    assert (answer.status_code, answer.json()["set_aside"]) == (201, [])
    assert signed_gateway.column("form_submissions.submitted_at") == [signed_gateway.app.clock.now()]
    assert len(texts(signed_gateway)) == 1


@pytest.mark.parametrize(
    "claimed", ["9999-12-31T23:59:59-02:00", "0001-01-01T00:00:00+14:00", "next week", 7, {}]
)
def test_no_moment_whatever_costs_a_lead(signed_gateway: Gateway, claimed: object) -> None:
    """Either edge of the calendar, words, a number, an object."""
    form = document("generic-first-timestamp.json") | {"submitted_at": claimed}
    assert generic(signed_gateway, form).status_code == 201
    assert signed_gateway.column("form_submissions.submitted_at") == [signed_gateway.app.clock.now()]


def test_generic_birth_date_timestamp(signed_gateway: Gateway) -> None:
    """The day that JavaScript prints with a time is that day, and an adult's."""
    answer = generic(signed_gateway, document("generic-birth-date-timestamp.json"))
    assert (answer.status_code, answer.json()["set_aside"]) == (201, [])
    assert signed_gateway.column("patients.birth_date") == ["1985-03-14"]


def test_generic_long_click_id(signed_gateway: Gateway) -> None:
    """276 characters, every one of them."""
    form = document("generic-long-click-id.json")
    assert generic(signed_gateway, form).status_code == 201
    assert signed_gateway.column("form_submissions.click_ids") == [{"ttclid": form["utm"]["ttclid"]}]


def test_a_click_id_that_no_platform_makes_is_left_out_and_said_so(signed_gateway: Gateway) -> None:
    """A cut one would look whole."""
    form = document("generic-long-click-id.json")
    form["utm"]["ttclid"] = "x" * 2001
    answer = generic(signed_gateway, form)
    assert [one["field"] for one in answer.json()["set_aside"]] == ["ttclid"]
    assert signed_gateway.column("form_submissions.click_ids") == [None]


def test_generic_address_as_name(signed_gateway: Gateway) -> None:
    """The form is a lead with the name as it came; what a text prints of it is the wording's business."""
    answer = generic(signed_gateway, document("generic-address-as-name.json"))
    assert answer.status_code == 201
    assert signed_gateway.column("patients.first_name") == ["Claim your $500 at prize.example.com/win"]
    assert signed_gateway.count("leads") == 1


def test_generic_new_area_code(signed_gateway: Gateway) -> None:
    """An area code that is younger than a library is one all the same: a lead and a text."""
    answer = generic(signed_gateway, document("generic-new-area-code.json"))
    assert (answer.status_code, answer.json()["set_aside"]) == (201, [])
    assert [to for to, _ in texts(signed_gateway)] == ["+16215550134"]


@pytest.mark.parametrize(
    ("contact", "field", "phone", "email"),
    [
        ({"phone": "407-555-O155"}, "phone", None, "robin.f5@example.com"),
        ({"phone": "407-555-015"}, "phone", None, "robin.f5@example.com"),
        ({"email": "nobody"}, "email", "+13025550115", None),
        ({"date_of_birth": "1990-02-30"}, "date_of_birth", "+13025550115", "robin.f5@example.com"),
    ],
)
def test_a_bad_field_beside_a_good_one_is_set_aside(
    signed_gateway: Gateway, contact: dict[str, str], field: str, phone: str | None, email: str | None
) -> None:
    """A lead all the same; the sender is told which field, and what was written is kept with the form."""
    form = document("generic-first-timestamp.json")
    form["contact"] |= contact
    answer = generic(signed_gateway, form)
    assert answer.status_code == 201
    assert [one["field"] for one in answer.json()["set_aside"]] == [field]
    (data,) = signed_gateway.column("form_submissions.form_data")
    assert [(one["field"], one["value"]) for one in data["set_aside"]] == [(field, contact[field])]
    assert [value or None for value in signed_gateway.column("patients.phone")] == [phone]
    assert signed_gateway.column("patients.email") == [email]
    assert {to for to, _ in texts(signed_gateway)} == ({phone} if phone else set())
    assert signed_gateway.column("leads.call_only") == [phone is None]


@pytest.mark.parametrize(
    "contact",
    [
        {"phone": "", "email": ""},
        {"phone": "1", "email": "x"},
        {"phone": None, "email": None},
        {"date_of_birth": "2012-04-12"},
    ],
)
def test_nobody_to_answer_or_somebody_under_age_is_refused_and_kept(
    signed_gateway: Gateway, contact: dict[str, str | None]
) -> None:
    """422 with the fields; the form waits for a person."""
    form = document("generic-first-timestamp.json")
    form["contact"] |= contact
    answer = generic(signed_gateway, form)
    assert answer.status_code == 422
    assert signed_gateway.column("raw_payloads.state") == ["refused"]
    assert signed_gateway.count("form_submissions") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"form_type": "poetry"}, "form_type"),
        ({"consent": "yes"}, "consent"),
        ({"utm": ["utm_source"]}, "utm"),
        ({"fields": "botox"}, "fields"),
        ({"fields": {"notes": "x" * 5000}}, "notes"),
        ({"submitted_at": "next week"}, "submitted_at"),
    ],
)
def test_whatever_else_is_odd_is_set_aside_too(
    signed_gateway: Gateway, change: dict[str, Any], field: str
) -> None:
    """An unknown type of form, a part of the wrong kind, too long a text."""
    answer = generic(signed_gateway, document("generic-first-timestamp.json") | change)
    assert answer.status_code == 201
    assert [one["field"] for one in answer.json()["set_aside"]] == [field]
    assert signed_gateway.count("leads") == 1


def test_entities_are_decoded_once_in_names_and_words(signed_gateway: Gateway) -> None:
    """What a site escaped for its page is what the person typed; what they typed as an entity stays one."""
    form = document("generic-first-timestamp.json")
    form["contact"] |= {"first_name": "Ana &amp; Co", "last_name": "O&#039;Hara"}
    form["fields"] = {"notes": "Lips &lt; cheeks &amp;amp; R&D"}
    assert generic(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.first_name") == ["Ana & Co"]
    assert signed_gateway.column("patients.last_name") == ["O'Hara"]
    assert signed_gateway.column("leads.notes") == ["Lips < cheeks &amp; R&D"]


@pytest.mark.parametrize(
    ("captured_at", "kept"),
    [
        ("2026-11-20T15:50:00-05:00", "2026-11-20T20:50:00+00:00"),
        ("2031-01-01T00:00:00-05:00", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("2026-11-20T15:50:00", None),
        ("soon", None),
    ],
)
def test_when_the_person_agreed_is_kept_in_the_ledger(
    signed_gateway: Gateway, captured_at: str, kept: str | None
) -> None:
    """The moment that the sender gives, unless it lies in the future or is none."""
    form = document("generic-first-timestamp.json")
    form["consent"] |= {"captured_at": captured_at, "sms_marketing": None}
    assert generic(signed_gateway, form).status_code == 201
    found = [
        moment.isoformat() if moment else None for moment in signed_gateway.column("consents.captured_at")
    ]
    assert found == [kept]


def test_parameters_of_an_escaped_address_are_kept(signed_gateway: Gateway) -> None:
    """`amp;utm_medium` and `UTM_Source` are what they were before somebody escaped or shouted them."""
    form = document("generic-first-timestamp.json")
    form["utm"] = {"UTM_Source": "newsletter", "amp;utm_medium": "email", "amp;GCLID": "G-2"}
    form["fields"] = {"amp;utm_campaign": "spring"}
    assert generic(signed_gateway, form).status_code == 201
    assert signed_gateway.column("form_submissions.utm_params") == [
        {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring"}
    ]
    assert signed_gateway.column("form_submissions.click_ids") == [{"gclid": "G-2"}]


def test_whatever_is_too_long_fits_its_column(signed_gateway: Gateway) -> None:
    """PostgreSQL refuses what SQLite takes: a long value costs nobody a lead on either."""
    long = "x" * 3000
    form = document("generic-first-timestamp.json") | {"source": long, "external_id": long, "page_url": long}
    form["contact"] |= {"zip": long, "last_name": long}
    form["fields"] = dict.fromkeys(
        ("treatment", "timeframe", "budget", "location", "best_time", "heard_from"), long
    )
    form["utm"] = dict.fromkeys(("utm_source", "utm_medium", "utm_campaign", "utm_term", "gclid"), long)
    form["consent"] |= {
        "version": long,
        "text": f"I agree to receive texts. {long}",
        "ip": long,
        "user_agent": long,
    }
    answer = generic(signed_gateway, form)
    assert answer.status_code == 201
    assert {one["field"] for one in answer.json()["set_aside"]} == {"last_name", "gclid"}
    assert signed_gateway.column("raw_payloads.state") == ["accepted"]
