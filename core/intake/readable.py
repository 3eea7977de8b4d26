"""The content of a delivery as a person can read it, whatever it is: names and values in order. Pure."""

import json
from collections.abc import Iterator
from typing import Any

from core.domain.errors import UnreadablePayload
from core.intake.connectors.form_body import parts_of

MOST_LINES = 60
LONGEST = 500
ABOUT_THE_SENDER = frozenset({"slug", "jsExecutionTracker", "eventObserver", "buildDate", "timeToSubmit"})
Line = tuple[str, str]


def readable(body: bytes, content_type: str) -> tuple[Line, ...]:
    """At most MOST_LINES pairs of name and value; plain text where it is no form and no JSON."""
    lines = list(_lines(body, content_type))
    shown = [(name, _short(value)) for name, value in lines if value.strip()][:MOST_LINES]
    return (
        (*shown, ("", f"{len(lines) - MOST_LINES} more lines")) if len(lines) > MOST_LINES else tuple(shown)
    )


def _lines(body: bytes, content_type: str) -> Iterator[Line]:
    kind = content_type.casefold()
    if "form" in kind:
        try:
            yield from _flat(parts_of(body, content_type), "")
            return
        except UnreadablePayload:
            pass  # it says that it is a form and is none: show what it is
    text = body.decode(errors="replace")
    document = _json(text)
    if document is None:
        yield "", "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    else:
        yield from _flat(document, "")


def _json(text: str) -> Any:
    """A JSON object or list, or None."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None


def _flat(value: Any, name: str, depth: int = 0) -> Iterator[Line]:
    """'answers > 0 > text' and its value; JSON inside a text is opened, as Jotform nests it."""
    if isinstance(value, str) and value[:1] in "{[":
        value = _json(value) or value
    if depth > 8 or not isinstance(value, dict | list):
        yield name, str(value)
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value, start=1)
    for key, inner in entries:
        if key not in ABOUT_THE_SENDER:
            yield from _flat(inner, f"{name} > {key}" if name else str(key), depth + 1)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]} ..."
