"""`luxe try reply` answers with the product's own reading, in CONTRACT's words."""

from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from core.reference import load_reference
from luxe.try_out.reply import Line, answer

REFERENCE = load_reference(ZoneInfo("America/New_York"))


def test_a_stop_with_courtesy_is_an_opt_out() -> None:
    line = Line(text="stop, thank you", lang="en")
    assert answer(line, REFERENCE) == {"label": "opt_out", "did": ["suppress", "optout_confirmation"]}


def test_a_digit_needs_the_question_that_offered_it() -> None:
    asked = "Reply 1 for a call, 2 to text."
    assert answer(Line(text="2", context=asked), REFERENCE)["label"] == "option_2"
    assert answer(Line(text="2"), REFERENCE)["label"] == "other"


def test_a_reaction_does_nothing() -> None:
    said = "We got your request. Reply STOP to opt out."
    assert answer(Line(text=f'Liked "{said}"', context=said), REFERENCE) == {"label": "tapback", "did": []}


def test_a_language_that_we_do_not_speak_is_refused_by_its_field() -> None:
    with pytest.raises(ValidationError, match="lang"):
        Line.model_validate({"text": "stop", "lang": "fr"})
