"""The little language in which `data/lexicon/` writes down what people say, and its fast search. Pure.

A pattern is words as they are spoken: 'stop*' is a word with any ending, '(a|b c)' one of several, '[a]' may be
absent, '_' any word, '!(a|b)' any word but these, '..' up to three words, '...' up to six, '<group>' any phrase of
that group, '^' and '$' the ends of what is looked at. Gaps are bounded and nothing repeats without end, so no text
takes long.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_PIECES = re.compile(r"\.{2,3}|<\w+>|[()\[\]|^$!]|[^\s()\[\]|<>^$!]+")
_GAPS = {"_": r"\S+ ", "..": r"(?:\S+ ){0,3}?", "...": r"(?:\S+ ){0,6}?"}
_SHORTEST_STEM = 2


def plain(word: str) -> str:
    """A word of the data as a folded text would have it: no case, no accents, no apostrophes."""
    marks = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in marks if not unicodedata.combining(c) and c not in "'\u2019")


@dataclass(frozen=True)
class _Part:
    """A piece of a pattern. `needs`: each set holds words ('stem*' for beginnings) of which one must be there."""

    regex: str
    needs: tuple[frozenset[str], ...] = ()


@dataclass
class _Reader:
    """Reads one pattern, recursively. Raises ValueError where it is no pattern."""

    pieces: list[str]
    groups: Mapping[str, _Part]
    at: int = 0

    def sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.pieces) and self.pieces[self.at] not in (")", "]", "|"):
            parts.append(self._piece())
        needs = tuple(need for part in parts for need in part.needs)
        return _Part("".join(part.regex for part in parts), needs)

    def alternatives(self, end: str) -> _Part:
        found = [self.sequence()]
        while self.at < len(self.pieces) and self.pieces[self.at] == "|":
            self.at += 1
            found.append(self.sequence())
        if self.at >= len(self.pieces) or self.pieces[self.at] != end:
            raise ValueError(f"'{end}' is missing")
        self.at += 1
        return one_of(found)

    def _piece(self) -> _Part:
        piece = self.pieces[self.at]
        self.at += 1
        if piece == "(":
            return self.alternatives(")")
        if piece == "[":
            return _Part(self.alternatives("]").regex + "?")
        if piece == "!":
            return self._any_but()
        if piece in "^$":
            return _Part(r"\A" if piece == "^" else r"\Z")
        if piece in _GAPS:
            return _Part(_GAPS[piece])
        return self._group(piece) if piece.startswith("<") else _word(piece)

    def _any_but(self) -> _Part:
        if self.at == len(self.pieces):
            raise ValueError("'!' says not what")
        return _Part(rf"(?!{self._piece().regex})\S+ ")

    def _group(self, piece: str) -> _Part:
        if piece[1:-1] not in self.groups:
            raise ValueError(f"there is no group {piece}")
        return self.groups[piece[1:-1]]


def _word(piece: str) -> _Part:
    word = plain(piece)
    stem = word.removesuffix("*")
    if not stem.isalnum() or (stem != word and len(stem) < _SHORTEST_STEM and not stem.isdigit()):
        raise ValueError(f"'{piece}' is no word")
    ending = r"\w*" if stem != word else ""
    return _Part(f"{re.escape(stem)}{ending} ", (frozenset({word}),))


def one_of(parts: list[_Part]) -> _Part:
    """Any of several. One of the best needs of each must be there."""
    chosen = [_best(part.needs) for part in parts]
    needs = () if any(need is None for need in chosen) else (frozenset().union(*(n for n in chosen if n)),)
    longest_first = sorted((part.regex for part in parts), key=len, reverse=True)
    return _Part(f"(?:{'|'.join(longest_first)})", needs)


def _best(needs: tuple[frozenset[str], ...]) -> frozenset[str] | None:
    """The rarest need: few words, and long ones."""
    return max(needs, key=lambda need: min(map(len, need)) - len(need) / 8, default=None)


def read_pattern(text: str, groups: Mapping[str, _Part]) -> _Part:
    """Raises ValueError with what is wrong."""
    pieces = _PIECES.findall(text)
    if "".join(pieces) != "".join(text.split()):
        raise ValueError("has a sign that means nothing here")
    reader = _Reader(pieces, groups)
    part = reader.sequence()
    if reader.at != len(pieces):
        raise ValueError(f"'{pieces[reader.at]}' opens nothing")
    return part


@dataclass(frozen=True)
class Match:
    """Where something was found in folded words, and under which entry."""

    entry: str
    start: int
    end: int


@dataclass
class Patterns:
    """Several patterns, searched at once: a text is looked at only for those of which a word is in it."""

    _by_word: dict[str, list[int]] = field(default_factory=dict)
    _by_stem: dict[str, list[int]] = field(default_factory=dict)
    _stem_lengths: list[int] = field(default_factory=list)
    _always: list[int] = field(default_factory=list)
    _all: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def add(self, entry: str, part: _Part) -> None:
        number = len(self._all)
        self._all.append((entry, re.compile(r"(?<!\S)" + part.regex)))
        needed = _best(part.needs)
        if needed is None:
            self._always.append(number)
        for word in needed or ():
            index, key = (self._by_stem, word[:-1]) if word.endswith("*") else (self._by_word, word)
            index.setdefault(key, []).append(number)
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})

    def find(self, words: str) -> Iterator[Match]:
        """Every entry that is somewhere in `words` (folded), each place of each pattern."""
        text = words + " "
        for number in self._candidates(words.split()):
            entry, pattern = self._all[number]
            for match in pattern.finditer(text):
                yield Match(entry, match.start(), max(match.start(), match.end() - 1))

    def holds(self, words: str) -> bool:
        """Whether any of it is in `words`."""
        return self.first(words) is not None

    def first(self, words: str) -> Match | None:
        return next(self.find(words), None)

    def entries(self, words: str) -> frozenset[str]:
        return frozenset(match.entry for match in self.find(words))

    def whole(self, words: str) -> bool:
        """Whether all of `words` is one pattern."""
        text = words + " "
        return any(self._all[number][1].fullmatch(text) for number in self._candidates(words.split()))

    def without(self, words: str) -> str:
        """`words` without what is found."""
        hidden = self._covered(words)
        return " ".join("".join(" " if at in hidden else char for at, char in enumerate(words)).split())

    def covers(self, words: str) -> bool:
        """Whether every word is part of something that is found."""
        hidden = self._covered(words)
        return bool(words) and all(char == " " or at in hidden for at, char in enumerate(words))

    def _covered(self, words: str) -> set[int]:
        return {at for match in self.find(words) for at in range(match.start, match.end)}

    def _candidates(self, words: Iterable[str]) -> list[int]:
        found = set(self._always)
        by_word, by_stem = self._by_word, self._by_stem
        for word in set(words):
            if word in by_word:
                found.update(by_word[word])
            for length in self._stem_lengths:
                if word[:length] in by_stem:
                    found.update(by_stem[word[:length]])
        return sorted(found)
