"""A text as the rules look at it: folded words, sentence by sentence, clause by clause. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_SENTENCE = re.compile(r"(?<!\d)[.](?!\d)|[.](?!\S)|[!?;\n\u2026]+|(?<=[.!?])\s")
_CLAUSE = re.compile(r"(?<!\d),|,(?!\d)|(?<!\d):|:(?!\d)|[()\u2014\u2013]|\s-+\s|\s--+")
_KEPT = "-_./"


def fold(text: str) -> str:
    """Lower case, accents, punctuation and emoji removed, spaces single."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("\u2019", "")
    kept = "".join(c if c.isalnum() or c.isspace() or c in _KEPT else "" if _joins(c) else " " for c in plain)
    return " ".join(re.sub(r"[-_./]", " ", kept).split())


def bag(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


def any_of(*patterns: str) -> re.Pattern[str]:
    """One expression for several over folded words, each of whole words."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)")


def _joins(char: str) -> bool:
    """Accents, and what Android hides between the letters of a reaction."""
    return bool(unicodedata.combining(char)) or unicodedata.category(char) == "Cf"


@dataclass(frozen=True)
class Part:
    """A sentence or a clause, folded. `asks` where its sentence ends in a question mark."""

    words: str
    asks: bool


@dataclass(frozen=True)
class Said:
    """One text."""

    raw: str

    @cached_property
    def words(self) -> str:
        """The whole text, folded."""
        return fold(self.raw)

    @cached_property
    def sentences(self) -> tuple[Part, ...]:
        return tuple(Part(words, asks) for text, asks in self._sentences if (words := fold(text)))

    @cached_property
    def clauses(self) -> tuple[Part, ...]:
        """What stands between commas, dashes, brackets and the ends of sentences."""
        return tuple(
            Part(words, asks)
            for text, asks in self._sentences
            for piece in _CLAUSE.split(text)
            if (words := fold(piece))
        )

    @cached_property
    def asks(self) -> bool:
        return any(asks for _, asks in self._sentences)

    @cached_property
    def _sentences(self) -> tuple[tuple[str, bool], ...]:
        found: list[tuple[str, bool]] = []
        start = 0
        for end in _SENTENCE.finditer(self.raw):
            found.append((self.raw[start : end.start()], "?" in end.group()))
            start = end.end()
        return (*found, (self.raw[start:], False))
