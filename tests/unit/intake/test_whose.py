"""Whose answer it is: the person's own by meaning, then type, then order; other people's fill nothing."""

import pytest

from core.intake.whose import CHOSEN, Asked, could_be, fill_gaps, flat, own


def taken(*asked: Asked) -> dict[str, object]:
    return {field: asked[place].value for field, place in own(asked).items()}


@pytest.mark.parametrize(
    "question",
    [
        "Emergency contact phone", "Spouse's mobile", "Husband cell", "Partner phone", "Referred by (phone)",
        "Referrer's phone number", "Parent or guardian phone", "Mother's phone", "Doctor's phone", "Physician phone",
        "Pharmacy phone number", "Employer phone", "Friend's cell phone", "Next of kin telephone",
        "Dermatologist phone", "Insurance phone", "Your doctor's phone",
        "Your emergency contact's phone number", "Tel\u00e9fono de emergencia",
    ],
)  # fmt: skip
def test_another_persons_number_is_nobodys_to_text(question: str) -> None:
    """Even where it is the only number of the form."""
    assert "phone" not in taken(Asked((question,), "302-555-0188", "phone"))


@pytest.mark.parametrize(
    "question", ["Doctor's name", "Company name", "Emergency name", "Pharmacy name", "Ad name"]
)
def test_another_name_is_not_the_patients(question: str) -> None:
    """Nor one of a thing."""
    assert not {"name", "first_name", "last_name"} & taken(Asked((question,), "Alex")).keys()


@pytest.mark.parametrize(
    "question",
    [
        "Your phone number, so that the doctor can call you",
        "Phone (so our provider can reach you)",
        "Patient's mobile phone",
        "Where can our doctor reach you by phone?",
    ],
)
def test_a_question_may_name_who_calls(question: str) -> None:
    """The number is the patient's all the same."""
    assert taken(Asked((question,), "302-555-0113")) == {"phone": "302-555-0113"}


def test_meaning_goes_before_type_and_type_before_order() -> None:
    """A mobile before a desk; what the vendor proved to be a number before what only looks like one."""
    home, mobile = Asked(("Home phone",), "302-555-0101"), Asked(("Mobile",), "302-555-0102")
    text, typed = Asked(("Your phone",), "302-555-0103"), Asked(("Your phone",), "302-555-0104", "phone")
    assert taken(home, mobile)["phone"] == "302-555-0102"
    assert taken(text, typed)["phone"] == "302-555-0104"
    assert taken(text, Asked(("Phone",), "302-555-0105"))["phone"] == "302-555-0103"


def test_a_question_that_only_mentions_them_is_neither() -> None:
    """Chosen from options it can't be; written freely it is what it looks like."""
    question = ("Would you rather get a phone call or an email?",)
    assert taken(Asked(question, "A phone call", CHOSEN)) == {}
    assert taken(Asked(question, "A phone call")) == {}
    assert taken(Asked(("Phone or email",), "ana@example.com")) == {"email": "ana@example.com"}
    assert taken(Asked(("Phone or email",), "302-555-0101")) == {"phone": "302-555-0101"}


def test_what_cannot_be_a_number_yields_to_what_can_and_is_kept_to_be_corrected_otherwise() -> None:
    """A typing slip must reach the person who mends it."""
    slip, whole = Asked(("Mobile",), "call me"), Asked(("Home phone",), "302-555-0101")
    assert taken(slip, whole)["phone"] == "302-555-0101"
    assert taken(slip)["phone"] == "call me"


def test_gaps_are_filled_and_what_was_given_stands() -> None:
    """The contract's own fields go before a site's names for them."""
    asked = [("Mobile Number", "302-555-0101"), ("Your Email", "b@example.com"), ("Full Name", "Ana Lopez")]
    found = fill_gaps({"phone": "302-555-0199", "first_name": "Bea"}, asked)
    assert found == {"phone": "302-555-0199", "first_name": "Bea", "email": "b@example.com"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"full": "(302) 555-0113"}, "(302) 555-0113"),
        ({"area": "302", "phone": "555-0113"}, "302 555-0113"),
        ({"country": "+1", "area": "302", "phone": "555-0113"}, "+1 302 555-0113"),
        ({"area": "", "phone": ""}, ""),
        ({"month": "04", "day": "9", "year": "1991"}, "1991-04-09"),
        ({"first": "Maya", "last": "Ortiz"}, "Maya Ortiz"),
        ("as it is", "as it is"),
    ],
)
def test_composed_answers_are_one_text(value: object, expected: str) -> None:
    """As the widgets of form vendors send them."""
    assert flat(value) == expected


def test_an_email_needs_its_sign_and_a_number_its_digits() -> None:
    """Words in a title do not make an answer one."""
    assert not could_be("email", "A phone call")
    assert not could_be("phone", "ana@example.com")
    assert not could_be("name", "302-555-0113")
