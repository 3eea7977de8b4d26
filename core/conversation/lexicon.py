"""The words of `data/lexicon/`, read once and checked: what people say, by meaning, in English and Spanish.

Every file has entries `[name]` with a `meaning` (a sentence), and `en`, `es` or `both`: patterns as
`rules/patterns.py` explains. `groups.toml` names phrases that patterns of the others use; `spellings.toml` says how
the same word is written.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.conversation.rules.patterns import Patterns, _Part, one_of, plain, read_pattern

GROUPS, SPELLINGS, REACTIONS, TONGUES = "groups", "spellings", "reactions", "languages"
SUBJECTS = ("stopping", "danger", "status", "health", "answers", "machines", "numbers", "tone")
LANGUAGES = ("en", "es", "both")


class LexiconError(ValueError):
    """A word list is broken; says the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Spellings:
    """`same`: how a word or phrase is also written -> how it is read. `mended`: words a slip may be mended to.
    `kept`: words that look like a slip and are none. `joined`: words that people write without blanks between."""

    same: Mapping[str, str]
    mended: frozenset[str]
    kept: frozenset[str]
    joined: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Subject:
    """One file: the patterns of each entry, and of several together."""

    name: str
    entries: Mapping[str, tuple[_Part, ...]]

    @cache  # noqa: B019 - subjects live as long as the process
    def of(self, *names: str) -> Patterns:
        """The patterns of these entries; a name that ends in '*' stands for all that begin so. KeyError for none."""
        found = Patterns()
        for name in names:
            for entry in self._named(name):
                for part in self.entries[entry]:
                    found.add(entry, part)
        return found

    def _named(self, name: str) -> list[str]:
        if not name.endswith("*"):
            self.entries[name]
            return [name]
        found = [entry for entry in self.entries if entry.startswith(name[:-1])]
        if not found:
            raise KeyError(name)
        return found


@cache
def subject(name: str) -> Subject:
    """The words of one file. Raises LexiconError."""
    raw = _read(name)
    return Subject(name, {entry: tuple(_patterns(name, entry, fields)) for entry, fields in raw.items()})


@cache
def reactions(name: str) -> tuple[str, ...]:
    """How phones write one part of a reaction, as it stands in the file."""
    return tuple(_texts(_read(REACTIONS)[name]))


@cache
def spellings() -> Spellings:
    """Raises LexiconError."""
    raw = _read(SPELLINGS)
    same = {_folded(way): _folded(word) for word, ways in raw["same"]["words"].items() for way in ways}
    mended = frozenset(_folded(word) for word in raw["mended"]["words"])
    if short := {word for word in mended if len(word) < 5}:
        raise LexiconError(
            f"lexicon/spellings.toml, mended: {', '.join(sorted(short))} is too short to mend to"
        )
    kept = frozenset(_folded(word) for word in raw["kept"]["words"])
    joined = sorted((_folded(word) for word in raw["joined"]["words"]), key=len, reverse=True)
    return Spellings(same, mended, kept, tuple(joined))


@cache
def frequent(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that tell a language, and beginnings of such. Raises LexiconError."""
    words = [_folded(word) for word in _read(TONGUES)[language]["words"]]
    return frozenset(words), tuple(word[:-1] for word in words if word.endswith("*"))


def read_all() -> None:
    """Read every file, so that what is broken is said when we start. Raises LexiconError."""
    spellings()
    reactions("reacted"), reactions("quoted")
    frequent("english"), frequent("spanish")
    for name in SUBJECTS:
        subject(name)


@cache
def _groups() -> Mapping[str, _Part]:
    """A group may use those above it in the file."""
    found: dict[str, _Part] = {}
    for entry, fields in _read(GROUPS).items():
        found[entry] = one_of([_part(GROUPS, entry, text, found) for text in _texts(fields)])
    return found


def _patterns(name: str, entry: str, fields: Mapping[str, Any]) -> Iterator[_Part]:
    texts = list(_texts(fields))
    if not texts or not str(fields.get("meaning", "")).strip():
        raise LexiconError(f"lexicon/{name}.toml, {entry}: needs a meaning, and patterns in en, es or both")
    if unknown := set(fields) - {"meaning", *LANGUAGES}:
        raise LexiconError(f"lexicon/{name}.toml, {entry}: does not know {', '.join(sorted(unknown))}")
    for text in texts:
        yield _part(name, entry, text, _groups())


def _part(name: str, entry: str, text: str, groups: Mapping[str, _Part]) -> _Part:
    try:
        return read_pattern(as_read(plain(text)), groups)
    except ValueError as error:
        raise LexiconError(f"lexicon/{name}.toml, {entry}: '{text}' {error}") from error


@cache
def written_alike() -> re.Pattern[str] | None:
    """Finds, in folded words, whatever is also written another way."""
    ways = sorted(spellings().same, key=len, reverse=True)
    return re.compile(rf"(?<![\w<*])(?:{'|'.join(map(re.escape, ways))})(?![\w>*])") if ways else None


def as_read(words: str) -> str:
    """Folded words in the one way in which we read them: 'do not' as 'dont'."""
    found = written_alike()
    return found.sub(lambda match: spellings().same[match.group()], words) if found else words


def _texts(fields: Mapping[str, Any]) -> list[str]:
    return [text for language in LANGUAGES for text in fields.get(language, ())]


def _folded(phrase: str) -> str:
    return " ".join(plain(word) for word in phrase.split())


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((files("data") / "lexicon" / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"lexicon/{name}.toml: {error}") from error
