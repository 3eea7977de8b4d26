"""Whether somebody wants no more texts. Pure.

Stopping is heard by any reasonable means (compliance.md A2): the carrier's keywords in any case and spelling, with
anything polite or explanatory around them, and plain language in English and Spanish. To miss a stop is worse than to
stop too much; but a stop word in a sentence about something else is for a person to read, with automation paused.
"""

import re
from enum import Enum
from functools import cache

from core.conversation.lexicon import subject
from core.conversation.rules.patterns import Patterns
from core.conversation.rules.words import Part, Said


class Stop(Enum):
    """`KEYWORD` and `WORDS` are clear; `UNCLEAR` is for a person to decide."""

    KEYWORD = "keyword"
    WORDS = "plain_language"
    UNCLEAR = "unclear"


_SIGNS = ("\U0001f6d1", "\u26d4", "\U0001f6ab")
_BESIDE_A_SIGN = (
    "\U0001f4f1\U0001f4de\u270b\U0001f91a\U0001f645\U0001f4ac\u2709\U0001f4e9\U0001f4f5\U0001f64f\u2640\u2642"
)
_MODIFIERS = "\ufe0f\u200d\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_ASKING = re.compile(
    r"(when|what|where|why|how|does|do|did|is|are|will|would|should|can i|must i|cuando|donde|como)\b"
)
_LEADING = re.compile(
    r"^(?:(?:ok|please|hi|hey|just|now|yo|no|and|then|well|so|omg|hello) )*stop (?P<next>\w+)"
)
_TRAILING = re.compile(
    r"(?<!\bdont)(?<!\bnot)(?<!\bnever)(?<!\bwont)(?<!\bcant)(?<!\bdoesnt)(?<!\bto)(?<!\bi)(?<!\bnext)(?<!\bfull)"
    r" stop(?: (?:please|now|thanks|thank you|already|ok|lol|por favor))*$"
)
_SHOUTED = re.compile(r"\bSTOP\b")
_LAUGHS = re.compile(
    "[\U0001f602\U0001f923\U0001f60d\U0001f970\U0001f605\U0001f606\U0001f62d\U0001f633\U0001f60a]"
)


@cache
def _of(*names: str) -> Patterns:
    return subject("stopping").of(*names)


def heard(said: Said) -> Stop | None:
    """How a text asks for no more texts; None where it does not."""
    if is_keyword(said):
        return Stop.KEYWORD
    if _is_playful(said):
        return None
    if _of("about_rule").holds(said.words) or _is_taken_back(said.words):
        return Stop.UNCLEAR
    found = {_sentence(sentence, said) for sentence in _sentences(said)} | {_alone(said)}
    if Stop.WORDS in found or _shouted(said) or _signed(said):
        return Stop.WORDS
    return Stop.UNCLEAR if Stop.UNCLEAR in found or _left_over(said.words) else None


def _sentences(said: Said) -> tuple[Part, ...]:
    """'No. More. Texts.' is one."""
    dotted = all(" " not in sentence.words for sentence in said.sentences)
    if dotted:
        return (Part(said.words, said.asks),)
    return tuple(_after_answer(clauses) for clauses in said.clauses_by_sentence)


def _after_answer(clauses: tuple[Part, ...]) -> Part:
    """A sentence without the answer it begins with: in 'No, text me' the no is about something else."""
    answers = len(clauses) > 1 and _of("answer").whole(clauses[0].words)
    told = clauses[1:] if answers else clauses
    return Part(" ".join(clause.words for clause in told), told[-1].asks)


def is_keyword(said: Said) -> bool:
    """The bare word, in any spelling, or the sign itself, once or more."""
    words = said.words
    squeezed = words.replace(" ", "")
    signs = said.raw.translate(dict.fromkeys(map(ord, _MODIFIERS + _BESIDE_A_SIGN))).strip()
    return (
        _of("keyword").whole(words)
        or (len(squeezed) < 12 and _of("keyword").whole(squeezed))
        or (bool(signs) and set(signs) <= set(_SIGNS))
    )


def _sentence(sentence: Part, said: Said) -> Stop | None:
    """A request in plain words, as wide as it is meant."""
    asked = _of("clear*").holds(_of("reported").without(sentence.words))
    if asked or _of("clear_wish").holds(sentence.words) or _refuses(sentence):
        return Stop.UNCLEAR if _is_narrow(said.words) else Stop.WORDS
    return Stop.UNCLEAR if _of("unclear").holds(_of("elsewhere_*").without(sentence.words)) else None


def _refuses(sentence: Part) -> bool:
    """Our texts and a no, in whatever order and language, and nothing else: 'ya no quiero your texts'."""
    words = _of("reported").without(sentence.words)
    refused = _of("refusing").holds(words) and _of("refused").holds(words) and not sentence.asks
    nothing_else = refused and _of("refusing", "refused", "neutral").covers(words)
    return nothing_else and not _of("affirming").holds(words)


def _is_narrow(words: str) -> bool:
    """Only for some texts, or only so far; 'I am at work' is a reason, 'while I am at work' a condition."""
    return _of("qualified").holds(_of("reason").without(words)) and not _of("exempt").holds(words)


def _is_taken_back(words: str) -> bool:
    """'Please don't take me off', 'I didn't mean to unsubscribe'; not 'you never stop, unsubscribe me'."""
    told = _of("elsewhere_*").without(words)
    return _of("taken_back").holds(told) and not _of("clear*").holds(_of("taken_back").without(told))


def _is_playful(said: Said) -> bool:
    """'Oh stop it, you are too sweet': a laugh or a compliment beside a bare stop, and nothing that we send."""
    words = said.words
    if not re.search(r"\bstop\b", words) or _of("clear*").holds(re.sub(r"\bstop it\b", " ", words)):
        return False
    laughs = _of("playful").holds(words) or (
        bool(_LAUGHS.search(said.raw))
        and bool(re.match(r"(oh|omg|aw+|stop it|no|haha\w*|lol) ?(stop)?\b", words))
    )
    return laughs and len(words.split()) > 1 and not re.search(r"\b(text|messag|contact|unsub|list)", words)


def _alone(said: Said) -> Stop | None:
    """A clause that is a stop word and courtesy: 'stop, thank you', 'hi could you stop please'."""
    if any(_bare(clause.words, "strong", "weak", "courtesy", "wishes") for clause in said.clauses):
        return Stop.WORDS
    weakly = [
        _bare(clause.words, "weak", "courtesy") and not clause.words.endswith(" no")
        for clause in said.clauses
    ]
    if not any(weakly):
        return None
    polite = all(
        is_weak or _is_polite(clause.words) for clause, is_weak in zip(said.clauses, weakly, strict=True)
    )
    return Stop.WORDS if polite or _of("refuses").holds(said.words) else Stop.UNCLEAR


def _is_polite(words: str) -> bool:
    return _of("courtesy", "wishes").covers(words)


def _bare(clause: str, stop_words: str, *around: str) -> bool:
    """A clause of nothing but stop words and what may stand around them."""
    if clause.startswith(("the end", "end of", "para ", "enough said")):
        return False
    return _of(stop_words).holds(clause) and _of(stop_words, *around).covers(clause)


def _shouted(said: Said) -> bool:
    """'stop i booked elsewhere', 'wrong timing stop', 'I told you STOP i am busy'."""
    for sentence in said.sentences:
        words = _of("elsewhere*").without(sentence.words)
        leads = _LEADING.match(words)
        if (
            leads
            and _of("after_stop").whole(leads["next"])
            and not sentence.asks
            and not _of("qualified").holds(_of("reason").without(words))
        ):
            return True
        if _TRAILING.search(f" {words}") and not _ASKING.match(words):
            return True
    loud = bool(_SHOUTED.search(said.raw)) and said.raw != said.raw.upper()
    return loud and bool(re.search(r"\bstop\b", _of("elsewhere*").without(said.words)))


def _signed(said: Said) -> bool:
    """The sign in the place of the word: a red octagon before 'texting me'."""
    if not any(sign in said.raw for sign in _SIGNS):
        return False
    spoken = said.raw.translate(dict.fromkeys(map(ord, _SIGNS), " stop "))
    clear = _of("clear*").holds(_of("elsewhere*").without(Said(spoken).words))
    return clear or _alone(Said(spoken)) is Stop.WORDS


def _left_over(words: str) -> bool:
    """A stop word in some sentence, about what we can't tell."""
    return bool(re.search(r"\b(stop|unsubscribe|opt out)\b", _of("elsewhere*").without(words)))
