"""Reads what a browser sent as the body of a version: every value is taken for what it is, every fault noted by its
place. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.domain.errors import InvalidInput
from core.domain.phone import read_phone

HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
UNFIT = re.compile(r"[^!-~]|[\"'<>;\\]")


@dataclass(frozen=True)
class Problem:
    """Why a body can't be published, in words that say where. `line` and `column` from 1; 0: the whole field."""

    field: str
    message: str
    line: int = 0
    column: int = 0


class Reading:
    """`problems` holds the first fault at each place: what could not be read is not also too short."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, place: str, message: str) -> None:
        if all(known.field != place for known in self.problems):
            self.problems.append(Problem(place, message))

    def words(
        self, place: str, given: Mapping[str, Any], longest: int, *, missing: str = "", name: str = ""
    ) -> str:
        """One text. `missing`: what is said where it is empty; '' where it may be. `name`: in `given`, else `place`."""
        text = as_text(given.get(name or place)).strip()
        if missing and not text:
            self.fault(place, missing)
        if len(text.splitlines()) > 1 or any(sign < " " for sign in text):
            self.fault(place, "Write it on one line.")
        if len(text) > longest:
            self.fault(place, f"At most {longest} characters; this has {len(text)}.")
        return text

    def number(self, place: str, value: object, least: int, most: int) -> int:
        """A whole number within these two, `least` where it is none."""
        digits = as_text(value).strip()
        if not digits.isdecimal() or len(digits) > 9 or not least <= int(digits) <= most:
            self.fault(place, f"Write a whole number from {least:,} to {most:,}.")
            return least
        return int(digits)

    def phone(self, place: str, text: str) -> str:
        """E.164; what can't be called is refused in the words of the numbering plan."""
        try:
            return read_phone(text).e164
        except InvalidInput as refused:
            self.fault(place, refused.errors[0].message)
            return ""

    def web(self, place: str, address: str) -> str:
        """An address of the web, with its scheme; '' stays ''."""
        if address and not _is_web(address):
            self.fault(place, "Write an address such as https://www.example.com/page.")
            return ""
        return address

    def one_of(self, place: str, text: str, known: Iterable[str]) -> str:
        choices = list(known)
        if text not in choices:
            self.fault(place, f"Choose one of: {', '.join(choices) or 'none is there yet'}.")
        return text


def _is_web(address: str) -> bool:
    """Nothing that would run, hide another host or break out of where it is printed, a header among it."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = HOST.fullmatch(host) is not None and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and named and not UNFIT.search(address)


def as_text(value: object) -> str:
    return "" if value is None or isinstance(value, list | tuple | Mapping) else str(value)


def as_entries(value: object, most: int) -> list[Mapping[str, Any]]:
    """A list of objects; what is none of them becomes an empty one, so that places keep their numbers."""
    given = list(value) if isinstance(value, list | tuple) else []
    return [entry if isinstance(entry, Mapping) else {} for entry in given[:most]]


def as_texts(value: object) -> list[str]:
    """A list of texts, however it was sent: a list, or one text with commas between."""
    given = value.split(",") if isinstance(value, str) else value
    found = given if isinstance(given, list | tuple) else []
    return [text for one in found if (text := as_text(one).strip())]


def is_on(value: object) -> bool:
    return value is True or value == "true"
