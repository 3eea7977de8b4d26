"""One wording as the checks read it: tags out of the way, every place still where it stands. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.messaging.handlebars import LINE_BREAK
from core.messaging.rules.lint.findings import ERROR, WARNING, Edit, Finding, Fix
from core.messaging.rules.lint.lexicon import fold

TAG = re.compile(r"\{\{.*?\}\}")
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
OPENING = re.compile(r"\{\{\s*#\s*if\s+(\w+)\s*\}\}")
CLOSING = re.compile(r"\{\{\s*/\s*if\s*\}\}")
MASK = "\ufdd3"  # a noncharacter: no word of any language borders on it
SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S))+[.!?]*")


@dataclass(frozen=True)
class Wording:
    """`field` names it, such as wordings.en.body; `language` is that of its words."""

    field: str
    language: str
    body: str
    is_neutral: bool = False

    @cached_property
    def folded(self) -> str:
        """As long as the body, in small letters, with a mask for each character of a tag."""
        return fold(self.masked)

    @cached_property
    def masked(self) -> str:
        return TAG.sub(lambda tag: MASK * len(tag[0]), self.body)

    @cached_property
    def variables(self) -> list[re.Match[str]]:
        """Each place where a value is printed; group 1 is its name."""
        return [found for found in VARIABLE.finditer(self.body) if found[1] != "else"]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every variable it prints or asks for."""
        return frozenset(found[1] for found in self.variables) | {
            found[1] for found in OPENING.finditer(self.body)
        }

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where each begins and ends, blanks around it left out."""
        for found in SENTENCE.finditer(self.masked):
            words = found[0]
            start = found.start() + len(words) - len(words.lstrip())
            if words.strip():
                yield start, found.end() - (len(words) - len(words.rstrip()))

    def guarded(self, place: int) -> frozenset[str]:
        """The variables that have a value for certain at this place, by the blocks around it."""
        return frozenset(name for name, known in self._blocks(place).values() if known)

    def excludes(self, place: int, other: int) -> bool:
        """Whether no text has both: they stand on the two sides of one block."""
        mine, theirs = self._blocks(place), self._blocks(other)
        return any(mine[start] != theirs[start] for start in mine.keys() & theirs.keys())

    def _blocks(self, place: int) -> dict[int, tuple[str, bool]]:
        """The blocks around a place by where they begin: their variable, and whether it has a value here."""
        open_: list[tuple[int, str, bool]] = []
        for tag in TAG.finditer(self.body, 0, place):
            if opening := OPENING.fullmatch(tag[0]):
                open_.append((tag.start(), opening[1], True))
            elif CLOSING.fullmatch(tag[0]) and open_:
                open_.pop()
            elif tag[0].strip("{} ") == "else" and open_:
                open_[-1] = (*open_[-1][:2], False)
        return {start: (name, known) for start, name, known in open_}

    def offset(self, line: int, column: int) -> int:
        """The character at a line and column, both from 1."""
        begins = [0, *(found.end() for found in LINE_BREAK.finditer(self.body))]
        return begins[line - 1] + column - 1

    def where(self, start: int, end: int) -> tuple[int, int, int]:
        """Line and column from 1, and length."""
        breaks = [found.end() for found in LINE_BREAK.finditer(self.body, 0, start)]
        return len(breaks) + 1, start - (breaks[-1] if breaks else 0) + 1, end - start

    def error(self, code: str, message: str, start: int, end: int, fix: Fix | None = None) -> Finding:
        return Finding(code, ERROR, self.field, message, *self.where(start, end), fix)

    def warning(self, code: str, message: str, start: int, end: int, fix: Fix | None = None) -> Finding:
        return Finding(code, WARNING, self.field, message, *self.where(start, end), fix)

    def replace(self, label: str, words: str, *places: tuple[int, int]) -> Fix:
        """The same words in each of these places."""
        return Fix(label, tuple(Edit(self.field, start, end, words) for start, end in places))

    def drop(self, label: str, start: int, end: int) -> Fix | None:
        """Without what stands there, nor the blank before it; None where that would tear a block apart."""
        cut = self.body[start:end]
        if len(OPENING.findall(cut)) != len(CLOSING.findall(cut)):
            return None
        before = len(self.body[:start].rstrip(" \t"))
        return self.replace(label, "", (before, end))
