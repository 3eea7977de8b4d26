"""How a patient's words are read: every reasonable way to say stop is heard, and nothing else is taken for it."""

import pytest

from core.conversation.rules import STOPS, Meaning, understand


@pytest.mark.parametrize(
    "words",
    [
        "STOP",
        "stop",
        "Stop.",
        "S T O P",
        "stop!!!",
        "STOPALL",
        "stop all",
        "Unsubscribe",
        "END",
        "quit",
        "Cancel",
        "revoke",
        "opt out",
        "opt-out",
        "OPTOUT",
        "stop stop",
        "stopppp",
        "please stop",
        "Please stop texting me",
        "don't text me",
        "do not contact me anymore",
        "take me off your list",
        "remove me from this",
        "no more texts please",
        "leave me alone",
        "lose my number",
        "I want to opt out",
        "\u201cSTOP\u201d",
        "stop \U0001f620",
        "no m\u00e1s",
        "Alto",
        "baja",
        "I don't want any more messages",
        "quit messaging me",
        "You have the wrong number",
        "n\u00famero equivocado",
        "no me escriban",
        "unsubscribe me please",
    ],
)
def test_every_way_to_say_stop_is_heard(words: str) -> None:
    assert understand(words) in STOPS


@pytest.mark.parametrize(
    "words",
    [
        "Can I cancel my appointment?",
        "I'll stop by at 3",
        "How do I cancel?",
        "end of next week works",
        "yes please",
        "Is there a bus stop near you?",
        "My skin won't stop peeling",
        "call me",
        "1",
        "What do I need to bring?",
        "",
        "I was about to quit smoking",
        "removed my makeup, what next",
    ],
)
def test_ordinary_words_are_not_taken_for_stop(words: str) -> None:
    assert understand(words) not in STOPS


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("1. Yes please, anytime after 2", Meaning.CHOICE_1),
        (" 2 ", Meaning.CHOICE_2),
        ("three", Meaning.CHOICE_3),
        ("BOOK tuesday 10am", Meaning.BOOK),
        ("Call me", Meaning.CALL),
        ("HELP", Meaning.HELP),
        ("Start", Meaning.START),
        ("100 dollars?", Meaning.REPLY),
    ],
)
def test_answers_to_our_questions_are_understood(words: str, meaning: Meaning) -> None:
    assert understand(words) is meaning
