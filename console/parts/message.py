"""What a component's script sends, as far as its handlers may rely on it: a browser can send anything.

Names that always hold a list or an object hold one, what is drafted (`body`) objects and lists within it; whatever else
is text, yes, no or nothing. No text has what a database refuses. What a handler asks for and is not there is refused
in words.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.domain.errors import LuxeError

OLD = "This page is older than the server. Reload it."
LISTS, OBJECTS, TEXT_OR_OBJECT = (
    frozenset({"events", "ids"}),
    frozenset({"changed", "fields"}),
    frozenset({"body"}),
)
MOST_NAMES, MOST_ENTRIES = 80, 500
LONGEST_NUMBER = 18
DEEPEST = 7  # what is drafted has parts within parts: rules have conditions, and those have values
LAST_MILLIS = 4_102_444_800_000  # 2100
NONE = "\N{REPLACEMENT CHARACTER}"


class Message(dict[str, Any]):
    """Raises LuxeError for a name that was not sent."""

    def __missing__(self, name: str) -> Any:
        raise LuxeError(OLD)


def read(sent: object) -> Message:
    """The message in what was sent. Raises LuxeError for what no page of ours sends."""
    if not isinstance(sent, Mapping) or len(sent) > MOST_NAMES:
        raise LuxeError(OLD)
    return Message({clean(str(name)): _value(str(name), value) for name, value in sent.items()})


def number(message: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    """A whole number, `otherwise` where nothing was sent. Raises LuxeError."""
    sent = message.get(name)
    if sent in (None, "") and otherwise is not None:
        return otherwise
    digits = str(message[name])
    if not digits.removeprefix("-").isdecimal() or len(digits) > LONGEST_NUMBER:
        raise LuxeError(OLD)
    return int(digits)


def moment(message: Mapping[str, Any], name: str) -> datetime | None:
    """Milliseconds as browsers count them; None where nothing was sent. One beyond all calendars is the nearest."""
    sent = number(message, name, 0)
    return datetime.fromtimestamp(min(max(sent, 0), LAST_MILLIS) / 1000, UTC) if sent else None


def clean(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and halves of characters, which nothing can encode."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", NONE)


def _value(name: str, value: object) -> object:
    if name in LISTS and isinstance(value, list):
        return [_plain(one) for one in value[:MOST_ENTRIES]]
    if name in OBJECTS and isinstance(value, Mapping):
        return _object(value, 1)
    if name in TEXT_OR_OBJECT and isinstance(value, Mapping):
        return _object(value, DEEPEST)
    if name in LISTS | OBJECTS:
        raise LuxeError(OLD)
    return _plain(value)


def _object(value: Mapping[Any, Any], depth: int) -> dict[str, object]:
    """`depth`: in how many objects and lists what is plain may stand, this one counted."""
    return {clean(str(key)): _within(inner, depth - 1) for key, inner in list(value.items())[:MOST_ENTRIES]}


def _within(value: object, depth: int) -> object:
    if depth > 0 and isinstance(value, Mapping):
        return _object(value, depth)
    if depth > 0 and isinstance(value, list):
        return [_within(one, depth - 1) for one in value[:MOST_ENTRIES]]
    return _plain(value)


def _plain(value: object) -> object:
    """Text, yes, no or nothing; a number as it is written. Raises LuxeError."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        return clean(str(value))
    raise LuxeError(OLD)
