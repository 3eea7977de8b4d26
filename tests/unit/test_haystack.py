"""Words in many texts: found as people type them, newest first, and forgotten when they must be."""

import pytest

from core.conversation import haystack
from core.conversation.haystack import Haystack, holds

TEXTS = [
    ("01", "Can you call me about the swelling?"),
    ("02", "Ma\u00f1ana no puedo, \u00bfotro d\u00eda?"),
    ("03", "CALL me tomorrow"),
    ("04", "I am so swollen"),
]


@pytest.fixture
def hay() -> Haystack:
    made = Haystack()
    made.add(TEXTS)
    return made


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("call", ["03", "01"]),
        ("swol", ["04"]),
        ("swelling call", ["01"]),
        ("manana", ["02"]),
        ("DIA", ["02"]),
        ("me", ["03", "01"]),
        ("am", ["04"]),
        ("t", []),
        ("sw", []),
        ("all", []),
        ("me tomorow", []),
        ("", []),
        ("?!", []),
    ],
)
def test_words_are_found_whole_or_by_three_letters_in_any_order(
    hay: Haystack, text: str, ids: list[str]
) -> None:
    """Case and accents are ignored, in both languages."""
    assert hay.find(text, 10) == ids


def test_no_word_reaches_from_one_text_into_the_next(hay: Haystack) -> None:
    assert hay.find("swelling puedo", 10) == []


def test_the_newest_come_first_however_many_blocks_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones are read later, and do not push newer ones out."""
    monkeypatch.setattr(haystack, "BLOCK", 2)
    made = Haystack()
    for start in (5, 3, 7, 1):
        made.add([(f"{start:02}", "call me"), (f"{start + 1:02}", "call me again")])
    assert made.find("call", 3) == ["08", "07", "06"]
    assert made.find("again", 10) == ["08", "06", "04", "02"]


def test_what_is_forgotten_is_nowhere_in_memory(hay: Haystack) -> None:
    hay.drop(["01", "unknown"])
    assert hay.find("call", 10) == ["03"]
    assert hay.find("swelling", 10) == []
    assert "01" not in hay
    assert not any("swelling" in block.text for block in hay._blocks)


def test_a_text_that_comes_twice_is_found_once(hay: Haystack) -> None:
    hay.add(TEXTS[:1])
    assert hay.find("swelling", 10) == ["01"]
    assert len(hay) == len(TEXTS)


@pytest.mark.parametrize("body", ["Call me", "please call", "calling you"])
def test_one_text_is_judged_as_all_are(body: str) -> None:
    assert holds(body, "call")
    assert not holds(body, "all")
