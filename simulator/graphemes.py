"""What a phone shows as one sign, by the rules that Twilio's segment calculator goes by (UAX 29 of Unicode 10)."""

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

# Which classes may follow directly: Hangul (GB6 to GB8), emoji after a joiner (GB11).
FOLLOWED_BY = {
    "lead": {"lead", "vowel", "syllable", "closed"},
    "vowel": {"vowel", "tail"},
    "syllable": {"vowel", "tail"},
    "closed": {"tail"},
    "tail": {"tail"},
    "joiner": {"glued", "glued_base"},
}
ATTACHED = {"extend", "spacing", "joiner"}
BASES = {"base", "glued_base"}


def clusters(text: str) -> Iterator[str]:
    """`text` in pieces that are never cut in two."""
    begun = 0
    kinds: list[str] = []
    for place, char in enumerate(text):
        kind = kind_of(char)
        if kinds and not _belongs(kinds, kind):
            yield text[begun:place]
            begun, kinds = place, []
        kinds.append(kind)
    if kinds:
        yield text[begun:]


def _belongs(kinds: list[str], kind: str) -> bool:
    last = kinds[-1]
    if "control" in (last, kind) or (kind != "flag" and _is_ended_flag(kinds)):
        return False
    if kind in ATTACHED or last == "prepend":
        return True
    if kind == "skin":
        return _takes_skin(kinds)
    return kind in FOLLOWED_BY.get(last, ()) or [*kinds, kind] == ["flag", "flag"]


def _is_ended_flag(kinds: list[str]) -> bool:
    """A flag of two letters and a mark: the calculator lets nothing more follow."""
    rest = kinds[1:]
    letters = 0
    while letters < len(rest) and rest[letters] == "flag":
        letters += 1
    return letters > 0 and "flag" not in rest[letters:] and kinds[-1] not in ("flag", "prepend")


def _takes_skin(kinds: list[str]) -> bool:
    """A tone of skin belongs to a person right before it, or with one mark between."""
    if kinds[-1] == "extend":
        return len(kinds) > 1 and kinds[-2] in BASES
    return "extend" not in kinds and kinds[-1] in BASES


@lru_cache(4096)
def kind_of(char: str) -> str:
    """The class of a character; '' for most."""
    code = ord(char)
    if char in "\r\n":
        return "control"
    if 0xAC00 <= code <= 0xD7A3:
        return "closed" if (code - 0xAC00) % 28 else "syllable"
    return next((kind for first, last, kind in _ranges() if first <= code <= last), "")


@cache
def _ranges() -> tuple[tuple[int, int, str], ...]:
    tables = tomllib.loads((files("data") / "characters.toml").read_text(encoding="utf-8"))["grapheme"]
    return tuple(
        (int(word.partition("-")[0], 16), int(word.rpartition("-")[2], 16), kind)
        for kind, words in tables.items()
        for word in words.split()
    )
