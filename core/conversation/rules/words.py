"""A text as the rules look at it: folded words, sentence by sentence, clause by clause. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from core.conversation.rules.spelling import mend

_SENTENCE = re.compile(r"(?<!\d)[.](?!\d)|[.](?!\S)|[!?;\n\u2026\u00bf\u00a1]+|(?<=[.!?])\s")
_CLAUSE = re.compile(r"(?<!\d),|,(?!\d)|(?<!\d):|:(?!\d)|[()\u2014\u2013]|\s-+\s|\s--+")
_KEPT = "-_./"
_NUMBER_SIGN = re.compile(r"#(?!\s?\d)")
_DOLLAR = re.compile(r"\$(?=[^\W\d_])")  # '$top'
LONGEST = 1600  # characters: the most that a carrier hands over as one text


def fold(text: str) -> str:
    """Lower case, accents, punctuation and emoji removed, spaces single."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("\u2019", "")
    kept = "".join(c if c.isalnum() or c.isspace() or c in _KEPT else "" if _joins(c) else " " for c in plain)
    return " ".join(re.sub(r"[-_./]", " ", kept).split())


def heard(text: str) -> str:
    """Folded, with slips mended and slang read as what it stands for."""
    return mend(fold(_DOLLAR.sub("s", _NUMBER_SIGN.sub(" number ", text))))


def _joins(char: str) -> bool:
    """Accents, and what Android hides between the letters of a reaction."""
    return bool(unicodedata.combining(char)) or unicodedata.category(char) == "Cf"


@dataclass(frozen=True)
class Part:
    """A sentence or a clause, as heard. `asks` where its sentence ends in a question mark."""

    words: str
    asks: bool


@dataclass(frozen=True)
class Said:
    """One text."""

    text: str

    @cached_property
    def raw(self) -> str:
        return self.text.strip()[:LONGEST]

    @cached_property
    def words(self) -> str:
        """The whole text, as heard."""
        return self._heard(self.raw)

    @cached_property
    def sentences(self) -> tuple[Part, ...]:
        return tuple(Part(words, asks) for text, asks in self._sentences if (words := self._heard(text)))

    @cached_property
    def clauses(self) -> tuple[Part, ...]:
        """What stands between commas, dashes, brackets and the ends of sentences."""
        return tuple(part for sentence in self.clauses_by_sentence for part in sentence)

    @cached_property
    def clauses_by_sentence(self) -> tuple[tuple[Part, ...], ...]:
        split = (
            tuple(Part(words, asks) for piece in _CLAUSE.split(text) if (words := self._heard(piece)))
            for text, asks in self._sentences
        )
        return tuple(clauses for clauses in split if clauses)

    @cached_property
    def asks(self) -> bool:
        return any(asks for _, asks in self._sentences)

    def _heard(self, text: str) -> str:
        """Most texts are one sentence of one clause: heard once."""
        if text not in self._memory:
            self._memory[text] = heard(text)
        return self._memory[text]

    @cached_property
    def _memory(self) -> dict[str, str]:
        return {}

    @cached_property
    def _sentences(self) -> tuple[tuple[str, bool], ...]:
        found: list[tuple[str, bool]] = []
        start = 0
        for end in _SENTENCE.finditer(self.raw):
            found.append((self.raw[start : end.start()], "?" in end.group()))
            start = end.end()
        return (*found, (self.raw[start:], False))
