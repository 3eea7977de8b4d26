"""`luxe try phone`: the product's own reading of a number."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.reference import load_reference
from luxe.try_out.phone import Line, answer


def tried(text: str) -> dict[str, Any]:
    return answer(Line.model_validate({"text": text}), load_reference(ZoneInfo("America/New_York")))


@pytest.mark.parametrize(
    ("text", "e164", "extension", "textable"),
    [
        ("tel:+1-302-555-0117;ext=5", "+13025550117", "5", False),
        ("(302) 555-0117 x12", "+13025550117", "12", False),
        ("302.555.0117", "+13025550117", "", True),
        ("+44 20 7946 0958", "+442079460958", "", False),
        ("787-555-0155", "+17875550155", "", False),
        ("621-555-0155", "+16215550155", "", True),
    ],
)
def test_a_number_is_answered_with_what_the_product_would_keep(
    text: str, e164: str, extension: str, textable: bool
) -> None:
    assert tried(text) == {"valid": True, "e164": e164, "extension": extension, "textable": textable}


def test_a_number_that_does_not_exist_says_why() -> None:
    answered = tried("302-555-011")
    assert answered["valid"] is False
    assert "9 digits" in answered["message"]
