"""Other people's numbers are kept with the answers and never texted; the person's own is found."""

import json
from typing import Any

import pytest

from tests.field.delivering import case, generic, jotform, texts, typeform
from tests.gateway.asking import Gateway

OTHERS = (
    "emergencyPhone", "spousePhone", "partnersMobile", "referrerPhone", "parentGuardianPhone", "doctorsPhone",
    "pharmacyPhone", "employerPhone", "friendsCellPhone", "telefonoDeEmergencia",
)  # fmt: skip


def without_own(slug: str) -> dict[str, Any]:
    """The form of the field, its first number under another question."""
    form: dict[str, Any] = json.loads(case("jotform-emergency-contact-first.json"))
    number = form.pop("q5_emergencyPhone")
    return {f"q5_{slug}": number} | form


def test_jotform_emergency_contact_first(signed_gateway: Gateway) -> None:
    """The patient's own number is texted and stored, the other one kept with the answers."""
    form = json.loads(case("jotform-emergency-contact-first.json"))
    assert jotform(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.phone") == ["+13025550113"]
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550113"]
    (data,) = signed_gateway.column("form_submissions.form_data")
    assert data["fields"]["emergencyPhone"] == {"full": "(302) 555-0188"}


@pytest.mark.parametrize("slug", OTHERS)
def test_whoever_else_has_a_number_gets_no_text(signed_gateway: Gateway, slug: str) -> None:
    """Whether the patient's own follows or is missing."""
    form = without_own(slug)
    assert jotform(signed_gateway, form).status_code == 201
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550113"]
    del form["q6_phoneNumber"]
    assert jotform(signed_gateway, form, "6100000000000000901").status_code == 201
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550113"]


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ("workPhone", "mobilePhone", "+13025550113"),
        ("homePhone", "phone", "+13025550113"),
        ("phone", "phone2", "+13025550188"),
    ],
)
def test_of_two_own_numbers_meaning_decides_then_order(
    signed_gateway: Gateway, first: str, second: str, number: str
) -> None:
    """A mobile before the desk at work."""
    form = json.loads(case("jotform-emergency-contact-first.json"))
    one, other = form.pop("q5_emergencyPhone"), form.pop("q6_phoneNumber")
    assert jotform(signed_gateway, {f"q1_{first}": one, f"q2_{second}": other} | form).status_code == 201
    assert signed_gateway.column("patients.phone") == [number]


@pytest.mark.parametrize(
    "widget",
    [
        {"area": "302", "phone": "555-0113"},
        {"area": "302", "phone": "5550113", "full": ""},
        {"country": "1", "area": "302", "phone": "555-0113", "full": "(302) 555-0113"},
        {"full": "(302) 555-0113"},
        "302-555-0113",
    ],
)
def test_jotforms_phone_widgets_are_read(signed_gateway: Gateway, widget: object) -> None:
    """In parts, whole, or as one text."""
    form = json.loads(case("jotform-emergency-contact-first.json")) | {"q6_phoneNumber": widget}
    assert jotform(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.phone") == ["+13025550113"]


def test_two_questions_of_one_name_are_both_kept(signed_gateway: Gateway) -> None:
    """The first is the person's, the second stays with the answers."""
    form = json.loads(case("jotform-emergency-contact-first.json"))
    del form["q5_emergencyPhone"]
    form["q9_phoneNumber"] = {"full": "(302) 555-0188"}
    assert jotform(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.phone") == ["+13025550113"]
    (data,) = signed_gateway.column("form_submissions.form_data")
    assert data["fields"]["q9_phoneNumber"] == {"full": "(302) 555-0188"}


def test_other_peoples_names_and_emails_are_not_the_patients(signed_gateway: Gateway) -> None:
    """The same rule for every way to know somebody."""
    form = {
        "q1_doctorsName": {"first": "Alex", "last": "Other"},
        "q2_spouseEmail": "alex@example.com",
    } | json.loads(case("jotform-emergency-contact-first.json"))
    assert jotform(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.first_name") == ["Robin"]
    assert signed_gateway.column("patients.email") == ["robin.f3@example.com"]


def test_typeform_preference_question(signed_gateway: Gateway) -> None:
    """A question that only mentions phone and email is neither; the name is found too."""
    answer = typeform(signed_gateway, json.loads(case("typeform-preference-question.json")))
    assert (answer.status_code, answer.json()["set_aside"]) == (201, [])
    assert signed_gateway.column("patients.phone") == ["+13025550118"]
    assert signed_gateway.column("patients.email") == ["robin.f8@example.com"]
    assert signed_gateway.column("patients.first_name") == ["Robin"]
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550118"]


def test_typeform_with_the_emergency_contact_first(signed_gateway: Gateway) -> None:
    """Two answers of the type phone_number: the title says whose."""
    document = json.loads(case("typeform-preference-question.json"))
    response = document["form_response"]
    response["definition"]["fields"].insert(
        0, {"id": "q0", "ref": "00f3c1aa", "type": "phone_number", "title": "Emergency contact's phone"}
    )
    response["answers"].insert(
        0, {"type": "phone_number", "phone_number": "+13025550188", "field": {"id": "q0", "ref": "00f3c1aa"}}
    )
    assert typeform(signed_gateway, document).status_code == 201
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550118"]
    (data,) = signed_gateway.column("form_submissions.form_data")
    assert data["fields"]["Emergency contact's phone"] == "+13025550188"


def test_generic_fields_under_a_sites_own_names(signed_gateway: Gateway) -> None:
    """Where `contact` has no number, the person's own is found among the fields; others are kept there."""
    form = json.loads(case("generic-first-timestamp.json"))
    form["contact"] = {"first_name": "Robin"}
    form["fields"] = {
        "Emergency Phone": "302-555-0188",
        "Work Phone": "302-555-0177",
        "Mobile Number": "302-555-0113",
        "Spouse Email": "alex@example.com",
        "Your Email": "robin@example.com",
    }
    assert generic(signed_gateway, form).status_code == 201
    assert signed_gateway.column("patients.phone") == ["+13025550113"]
    assert signed_gateway.column("patients.email") == ["robin@example.com"]
    assert [to for to, _ in texts(signed_gateway)] == ["+13025550113"]
    (data,) = signed_gateway.column("form_submissions.form_data")
    assert data["fields"]["Emergency Phone"] == "302-555-0188"
