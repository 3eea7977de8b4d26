"""Words are data: what the little language means, what is refused, and that slips are mended and words are not."""

import pytest

from core.conversation import lexicon
from core.conversation.lexicon import LexiconError
from core.conversation.rules.patterns import Patterns, read_pattern
from core.conversation.rules.spelling import mend
from core.conversation.rules.words import heard


def found(pattern: str, words: str) -> bool:
    patterns = Patterns()
    patterns.add("it", read_pattern(pattern, {}))
    return patterns.holds(words)


@pytest.mark.parametrize(
    ("pattern", "words", "holds"),
    [
        ("stop (texting|writing)", "please stop writing to me", True),
        ("stop texting", "nonstop texting", False),
        ("swel* up", "it swelled up", True),
        ("lips [are] blue", "my lips blue", True),
        ("lips _ blue", "my lips turn blue", True),
        ("lips .. blue", "lips a b c blue", True),
        ("lips .. blue", "lips a b c d blue", False),
        ("!you stop", "she will stop", True),
        ("!(you|yall) stop", "you stop", False),
        ("^ here $", "here", True),
        ("^ here $", "over here", False),
    ],
)
def test_what_a_pattern_means(pattern: str, words: str, *, holds: bool) -> None:
    assert found(pattern, words) is holds


@pytest.mark.parametrize(
    "pattern", ["stop (texting", "stop texting)", "<nothing>", "stop, texting", "a*", "[stop", "stop !"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_pattern(pattern, {})


def test_every_word_list_can_be_read() -> None:
    lexicon.read_all()
    assert all(lexicon.subject(name).entries for name in lexicon.SUBJECTS)


def test_a_broken_entry_names_its_file_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"clear": {"meaning": "No more texts.", "en": ["stop (texting"]}}
    monkeypatch.setattr(lexicon, "_read", lambda _name: broken)
    with pytest.raises(LexiconError, match=r"lexicon/stopping\.toml, clear: 'stop \(texting'"):
        lexicon.subject.__wrapped__("stopping")


def test_an_entry_without_a_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "_read", lambda _name: {"clear": {"en": ["stop"]}})
    with pytest.raises(LexiconError, match="needs a meaning"):
        lexicon.subject.__wrapped__("stopping")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("unsuscribe", "unsubscribe"),
        ("stpo", "stop"),
        ("swoolen", "swollen"),
        ("infecton", "infection"),
        ("stooooop", "stop"),
        ("repsirar", "respirar"),
        ("stoptexting", "stop texting"),
        ("stoptextingme", "stop texting me"),
        ("textstopme", "text stop me"),
        ("stopstopstop", "stop stop stop"),
        ("s t o p t e x t i n g", "stop texting"),
        ("i m a nurse", "i am a nurse"),
        ("nonstop", "nonstop"),
    ],
)
def test_slips_are_mended(written: str, meant: str) -> None:
    assert mend(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "shop",
        "step",
        "fewer",
        "never",
        "cancer",
        "quite",
        "strong",
        "sister",
        "version",
        "massage",
        "speaking",
        "blessing",
        "treating",
        "suscripcion",
        "contenta",
        "inyeccion",
        "quien",
    ],
)
def test_a_word_is_never_mended_to_another(word: str) -> None:
    assert mend(word) == word


def test_a_number_sign_before_nothing_is_a_number() -> None:
    assert heard("Wrong #") == "wrong number"
    assert heard("#2") == "2"
