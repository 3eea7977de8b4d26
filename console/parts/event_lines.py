"""A line of a lead's timeline, and the plain ways to tell one. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """`tone`: '' or alarm."""

    words: str
    icon: str
    tone: str = ""


BY = {"patient": "The patient"}  # who did what no member of staff did


Data = Mapping[str, Any]
Names = Mapping[str, str]
Teller = Callable[[Data, str, Names], Line]


def plain(words: str, icon: str) -> Teller:
    def tell(_data: Data, who: str, _names: Names) -> Line:
        return Line(words.format(who=who), icon)

    return tell


def stage(words: str) -> Teller:
    def tell(data: Data, who: str, _names: Names) -> Line:
        cents = int(data.get("value_cents") or 0)
        return Line(f"{words} by {who}" + (f", ${cents // 100:,}" if cents else ""), "calendar")

    return tell
