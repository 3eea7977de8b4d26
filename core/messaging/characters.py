"""Characters as Twilio takes them: what stays together on the air, and what Smart Encoding puts in their place.

Twilio's segment calculator never splits what one sees as one sign (UAX 29, extended grapheme clusters), by the rules
and tables of Unicode 10: there a family, a flag or a skin tone of later years may be two signs. We count as it counts.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

# One letter a class, so that the classes of a sign are a string.
LETTERS = {
    "control": "C", "extend": "E", "spacing": "S", "prepend": "P", "flag": "R", "lead": "L", "vowel": "V", "tail": "T",
    "joiner": "Z", "base": "B", "skin": "M", "glued": "G", "glued_base": "H",
}  # fmt: skip
OTHER, SYLLABLE, SYLLABLE_WITH_TAIL = "O", "Y", "W"
HANGUL = range(0xAC00, 0xD7A4)
TAILS = 28  # a Hangul block has one syllable without a tail and 27 with one
JOINED_AFTER = {"L": "LVYW", "V": "VT", "Y": "VT", "W": "T", "T": "T"}
# The calculator ends a flag after one mark, and gives a skin tone to a base with at most one mark between.
FULL_FLAG = re.compile(r".R+[^R]*[^RP]")
TAKES_SKIN = re.compile(r"[^E]*[BH]|.*[BH]E")


def smart_encoded(text: str) -> str:
    """The text after Twilio's Smart Encoding: curly quotes, dashes, odd blanks and the like as GSM-7 characters."""
    return text.translate(_replacements())


def signs(text: str) -> Iterator[str]:
    """The text cut into what is never split between two segments."""
    start, classes = 0, ""
    for index, char in enumerate(text):
        kind = _class(char)
        if classes and not _joins(classes, kind):
            yield text[start:index]
            start, classes = index, ""
        classes += kind
    if classes:
        yield text[start:]


def _joins(classes: str, following: str) -> bool:
    """Whether a character of class `following` belongs to the sign whose classes are `classes`."""
    before = classes[-1]
    if following == OTHER:
        return before == "P"
    if "C" in (before, following) or (following != "R" and FULL_FLAG.fullmatch(classes)):
        return False
    if following in "EZS" or before == "P" or following in JOINED_AFTER.get(before, ""):
        return True
    if following == "M":
        return TAKES_SKIN.fullmatch(classes) is not None
    return (before == "Z" and following in "GH") or classes + following == "RR"


@lru_cache(4096)
def _class(char: str) -> str:
    code = ord(char)
    if code in HANGUL:
        return SYLLABLE_WITH_TAIL if (code - HANGUL.start) % TAILS else SYLLABLE
    if char in "\r\n":
        return "C"
    firsts, ranges = _classes()
    found = ranges[bisect_right(firsts, code) - 1]
    return found[1] if code <= found[0] else OTHER


@cache
def _classes() -> tuple[list[int], list[tuple[int, str]]]:
    """Where each range begins, ascending; its end and its class."""
    table = [
        (first, last, LETTERS[name])
        for name, codes in _data()["grapheme"].items()
        for first, last in _ranges(codes)
    ]
    table.sort()
    return [first for first, _, _ in table], [(last, letter) for _, last, letter in table]


@cache
def _replacements() -> dict[int, str]:
    return {
        code: plain
        for plain, codes in _data()["smart_encoding"].items()
        for first, last in _ranges(codes)
        for code in range(first, last + 1)
    }


def _ranges(codes: str) -> Iterator[tuple[int, int]]:
    for word in codes.split():
        first, _, last = word.partition("-")
        yield int(first, 16), int(last or first, 16)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("data") / "characters.toml").read_text(encoding="utf-8"))
