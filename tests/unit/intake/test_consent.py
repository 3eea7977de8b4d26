"""A box is worth what its words say."""

import pytest

from core.intake import consent_rules
from core.intake.submission import ConsentGiven

MARKETING = "I agree to receive recurring automated marketing texts. Consent is not a condition of purchase."
BOTH = "I agree to receive recurring automated marketing and informational texts from Luxe."
ABOUT = "Text me about my request."
NAMING = "Texts may name my treatment. I understand that texts are not encrypted."
VISIT_AND_NAMING = "It's OK to text me about my appointment and my health; I know texts are unencrypted."


@pytest.mark.parametrize(
    ("wording", "scopes"),
    [
        (MARKETING, ("marketing",)),
        (BOTH, ("transactional", "marketing")),
        (ABOUT, ("transactional",)),
        ("I agree to get texts.", ("transactional",)),
        (NAMING, ("unencrypted",)),
        (VISIT_AND_NAMING, ("transactional", "unencrypted")),
        ("Pueden nombrar mi tratamiento. Entiendo que los mensajes no son cifrados.", ("unencrypted",)),
        ("I agree to get texts about my request; they are not encrypted.", ("transactional",)),
        ("Text me about my treatment.", ("transactional",)),
    ],
)
def test_the_scope_is_read_from_the_words(wording: str, scopes: tuple[str, ...]) -> None:
    """Marketing needs the word; 'marketing and informational' covers both."""
    assert consent_rules.scopes_of(wording) == scopes


def test_a_marketing_box_without_its_words_proves_nothing() -> None:
    """Written consent is consent to words."""
    assert consent_rules.by_scope({"marketing": True, "transactional": True}, "") == (
        ConsentGiven("transactional", True, "", ""),
    )


def test_marketing_and_informational_covers_the_texts_about_a_request() -> None:
    """A sender with one box need not send the other flag."""
    assert [g.scope for g in consent_rules.by_scope({"marketing": True}, BOTH)] == [
        "marketing",
        "transactional",
    ]


def test_an_explicit_no_is_not_talked_into_a_yes() -> None:
    """Where the sender says that the other box stayed empty, it stayed empty."""
    found = consent_rules.by_scope({"marketing": True, "transactional": False}, BOTH)
    assert {g.scope: g.ticked for g in found} == {"marketing": True, "transactional": False}


def test_texts_may_name_a_treatment_only_where_the_words_warned() -> None:
    """A tick without the warning that texts can be read by others is no informed choice (compliance.md B)."""
    assert consent_rules.by_scope({"unencrypted": True}, "I agree to get texts about my treatment.") == ()
    assert [box.scope for box in consent_rules.by_scope({"unencrypted": True}, NAMING)] == ["unencrypted"]


def test_who_leaves_the_second_box_empty_takes_back_nothing_else() -> None:
    """A form that sends its empty boxes, too, must not bar the texts that another box allowed."""
    assert [box.scope for box in consent_rules.by_answer(False, NAMING)] == ["unencrypted"]
