"""Slips of the finger, mended: 'unsuscribe', 'breeth'; words without blanks, and blanks within words. Pure.

Only towards words of the lexicon, only words of five letters and more (four where all are consonants), and never one
that is a word itself: a letter makes 'shop' of 'stop' and 'fewer' of 'fever'.
"""

import re
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.conversation import lexicon

_SHORTEST, _LONG, _LONGEST = 5, 8, 20
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
_VOWELS = re.compile("[aeiou]")
_FEWEST = 4
_KNOWN_WORDS = 4096
_LEAST_JOINED, _MOST_JOINED = 8, 40
_SPELLED = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_](?!\S)){2,39}")


def mend(words: str) -> str:
    """Folded words as they were meant and as we read them: drawn-out letters, slips, other ways to write the same."""
    as_meant = " ".join(_meant(word) for word in _SPELLED.sub(_spelled, words).split())
    return lexicon.as_read(lexicon.as_read(as_meant))


@lru_cache(_KNOWN_WORDS)
def _meant(word: str) -> str:
    if _DRAWN_OUT.search(word):
        word = _shortened(word)
    known = lexicon.spellings()
    if _LEAST_JOINED <= len(word) <= _MOST_JOINED and (parts := _divided(word)):
        return " ".join(parts)
    if not _FEWEST <= len(word) <= _LONGEST or not word.isalpha():
        return word
    if word in known.mended or word in known.kept or word in known.same:
        return word
    if word in _unvoweled():
        return _unvoweled()[word]
    return (len(word) >= _SHORTEST and _nearest(word, known.mended)) or word


def _spelled(letters: re.Match[str]) -> str:
    """'s t o p'; not 'i m a': only what is words of ours together."""
    together = letters.group().replace(" ", "")
    return " ".join(_divided(together)) or letters.group()


@lru_cache(_KNOWN_WORDS)
def _divided(word: str) -> tuple[str, ...]:
    """'stoptextingme' as the words that it is made of; none where it is made of others too."""
    for begins in lexicon.spellings().joined:
        if word == begins:
            return (begins,)
        if word.startswith(begins) and (rest := _divided(word[len(begins) :])):
            return (begins, *rest)
    return ()


@cache
def _unvoweled() -> dict[str, str]:
    """'txtng', 'cntct': a word of consonants, four at least, and the word of the lexicon that has just those."""
    bare = {word: _VOWELS.sub("", word) for word in sorted(lexicon.spellings().mended, reverse=True)}
    return {consonants: word for word, consonants in bare.items() if len(consonants) >= _FEWEST}


def _shortened(word: str) -> str:
    """'stoooop', 'heeelp', 'swollennn': each drawn-out letter twice where that is a word we know, else once."""
    twice = _DRAWN_OUT.sub(r"\1\1", word)
    known = lexicon.spellings()
    return twice if twice in known.mended or twice in known.kept else _DRAWN_OUT.sub(r"\1", word)


def _nearest(word: str, known: frozenset[str]) -> str | None:
    """One letter off, two in a long word, and the same beginning: people slip less often there."""
    slips = 2 if len(word) >= _LONG else 1
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=3)
    alike = [(distance, found) for found, distance, _ in near if _begin_alike(word, found)]
    return min(alike)[1] if alike and not _is_inflected(word, min(alike)[1]) else None


def _begin_alike(word: str, found: str) -> bool:
    return word[0] == found[0] or sorted(word[:2]) == sorted(found[:2])


def _is_inflected(word: str, found: str) -> bool:
    """'numbers' is no slip for 'number': a word with an ending is a word of its own."""
    return word.startswith(found) or found.startswith(word)
