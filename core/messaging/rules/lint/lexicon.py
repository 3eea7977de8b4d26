"""The words that the checks look for, read from data/lint.toml once, and how they are looked for. Pure."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


def fold(text: str) -> str:
    """Small letters without accents, as long as the text: what is found in it stands there in the text, too."""
    return "".join(map(_letter, text))


def _letter(char: str) -> str:
    plain = unicodedata.normalize("NFD", char)[:1].lower()
    return plain if len(plain) == 1 else char


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these as whole words; one that ends in '*' takes endings. Without words it fits nothing."""
    options = sorted(map(_option, words), key=len, reverse=True)
    return re.compile("|".join(options) or r"(?!)")


def _option(word: str) -> str:
    stem, star = word.removesuffix("*"), word.endswith("*")
    before = r"(?<!\w)" if stem[:1].isalnum() else ""
    after = r"\w*" if star else r"(?!\w)" if stem[-1:].isalnum() else ""
    return before + re.escape(stem).replace(r"\*", r"\w*") + after


@dataclass(frozen=True)
class Lexicon:
    """data/lint.toml, ready to be looked for in folded words. By language where words differ."""

    keywords: Mapping[str, str]
    reply: re.Pattern[str]
    call: re.Pattern[str]
    opt_out: re.Pattern[str]
    help: re.Pattern[str]
    visit: re.Pattern[str]
    opt_out_line: Mapping[str, str]
    shorteners: re.Pattern[str]
    brands: re.Pattern[str]
    offers: Mapping[str, re.Pattern[str]]
    health: Mapping[str, re.Pattern[str]]
    plainer: Mapping[str, Mapping[str, str]]
    characters: Mapping[str, str]


@cache
def lexicon() -> Lexicon:
    return parse_lexicon(tomllib.loads((files("data") / "lint.toml").read_text(encoding="utf-8")))


def parse_lexicon(raw: Mapping[str, Any]) -> Lexicon:
    """Read data/lint.toml. Raises KeyError or ValueError where it is broken."""
    asking = raw["asking"]
    return Lexicon(
        keywords=raw["keywords"],
        reply=pattern(asking["reply"]),
        call=pattern(asking["call"]),
        opt_out=pattern(asking["opt_out"]),
        help=pattern(asking["help"]),
        visit=pattern(asking["visit"]),
        opt_out_line=asking["opt_out_line"],
        shorteners=_domains(raw["shorteners"]["domains"]),
        brands=pattern(raw["brands"]["names"]),
        offers=_by_language(raw["offers"]),
        health=_by_language(raw["health"]),
        plainer=raw["plainer"],
        characters={chr(int(code, 16)): name for code, name in raw["characters"].items()},
    )


def _by_language(lists: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    return {language: pattern(words) for language, words in lists.items()}


def _domains(names: Iterable[str]) -> re.Pattern[str]:
    """With what stands before and after in the same link; 'cat.co' is not t.co."""
    either = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![\w.@/-])(?:https?://)?(?:www\.)?(?:{either})(?![\w-]|\.\w)(?:/\S*)?")
