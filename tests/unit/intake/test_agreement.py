"""Whether an answer agrees to texts: a refusal in whatever words is one, and a yes has to be clear."""

import pytest

from core.intake.agreement import about_texts, decision
from core.shipped import read_toml

DISCLOSURE = (
    "I agree to receive recurring automated marketing texts from Luxe Medical Spa at the number provided. Consent is "
    "not a condition of purchase. Msg & data rates may apply. Reply STOP to cancel, HELP for help."
)
YES = (
    True, 1, "Yes", "YES!", "yes.", "Y", "\N{BALLOT BOX WITH CHECK} Yes", "true", "on", "1", "OK", "Sure!", "I agree",
    "I accept", "I do agree", "Opt me in", "Yes, please", "Yes - text me", "Text me about my request.",
    "I'd like to receive texts",
    "I give my express written consent to receive SMS", "I understand and agree to receive text messages",
    "I am 18 or older and agree to receive texts", "It's OK to text me; I understand texts are not encrypted.",
    "By checking this box, I agree to receive texts. No purchase necessary. Text STOP to opt out.",
    "I consent. You can opt out at any time. We will never send spam.",
    "I agree to receive texts. If I do not want texts I can reply STOP.",
    "I agree to be contacted by text (you may opt out at any time)", DISCLOSURE, ["I agree"],
    {"Text messages": "Yes", "Email": "No"},
    "S\u00ed", "S\u00ed, acepto", "Acepto", "Estoy de acuerdo", "Quiero recibir mensajes",
    "Acepto recibir mensajes de texto. No es condici\u00f3n de compra. Responda STOP para cancelar.",
)  # fmt: skip
NO = (
    False, 0, "0", "false", "off", "n", "No", "Nope", "none", "No thanks", "no, thank you", "I do not agree",
    "I don\u2019t agree", "I do NOT give my consent", "I do not consent to receive texts", "Not agreed", "Disagree",
    "Decline", "I decline", "Declined", "I refuse", "rejected", "unchecked", "Unsubscribe", "Opt out", "opt-out",
    "opted out", "I want to opt out", "Not now", "not at this time", "Not interested", "I'm not interested",
    "I'd rather not",
    "I do not want texts", "Please do not text me", "don't text me", "Do Not Contact", "I agree not to be contacted",
    "I no longer wish to receive texts", "I would not like to receive texts", "I can't accept texts",
    "Call me only, no texts", "phone only", "Email only", "Yes, but no texts", "Yes. Actually, do not text me.",
    "No. I agree to nothing", "NO - I do not agree to receive texts. Reply STOP to cancel", ["I do not agree"],
    ["I agree", "I do not want texts"], {"Text messages": "No", "Email": "Yes"},
    "No acepto", "No, gracias", "No estoy de acuerdo", "No deseo recibir mensajes", "No autorizo", "Rechazo",
    "Prefiero no", "Ahora no",
)  # fmt: skip
NEITHER: tuple[object, ...] = (
    None, "", "--", "?", [], {}, 2, "2", "N/A", "maybe", "Maybe later", "Not sure", "undecided", "I don't know",
    "No answer", "Please select", "ask me", "I may agree later", "A phone call", "SMS", "Afternoon", "null",
)  # fmt: skip


@pytest.mark.parametrize("answer", YES, ids=str)
def test_a_clear_yes(answer: object) -> None:
    """Whatever the wording says besides about leaving again and about purchases."""
    assert decision(answer) is True


@pytest.mark.parametrize("answer", NO, ids=str)
def test_a_refusal(answer: object) -> None:
    """In whatever words."""
    assert decision(answer) is False


@pytest.mark.parametrize("answer", NEITHER, ids=str)
def test_what_proves_neither(answer: object) -> None:
    """It is no yes, and therefore nobody is texted for it."""
    assert decision(answer) is None


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("I do not want texts", "Yes", False),
        ("I do not want texts", True, False),
        ("I do not want texts", "No", None),
        ("Opt me out of texts", "yes", False),
        ("sms opt out", "1", False),
        ("No texts please", "on", False),
        ("Would you rather not get texts?", "Yes", False),
        ("No deseo recibir mensajes", "S\u00ed", False),
        ("May we text you? We never share your number. Reply STOP to opt out.", "Yes", True),
        ("sms opt in", "Yes", True),
        (DISCLOSURE, True, True),
        (DISCLOSURE, "No", False),
    ],
)
def test_a_question_may_ask_the_opposite(question: str, answer: object, expected: bool | None) -> None:
    """A yes to 'no texts' refuses, and a no to it still proves nothing."""
    assert decision(answer, question) is expected


def test_our_own_boxes_agree_when_they_are_ticked() -> None:
    """The words that the clinic ships are understood by its own rule."""
    for box in read_toml("forms/consent.toml")["boxes"]:
        assert decision(box["wording"]) is True
        assert decision(True, box["wording"]) is True


@pytest.mark.parametrize("words", ["I agree to the terms", "I consent to treatment", "You may call me"])
def test_an_agreement_to_something_else_is_not_about_texts(words: str) -> None:
    """Terms, treatments and calls are not texts."""
    assert not about_texts(words)
