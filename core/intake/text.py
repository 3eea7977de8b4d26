"""Strings and JSON as strangers send them, made safe to keep. Pure.

Markup stays as the plain text that it is; only what a sender escaped for a page ('&amp;', '&#039;') is turned back,
once. What goes is what can't be shown or stored: control characters, lone surrogates, and marks that reverse the order
of what one reads.
"""

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from core.domain.errors import UnreadablePayload

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
JOINERS = frozenset("\u200c\u200d")  # Persian names and joined emoji need them
LONGEST = 4000
DEEPEST = 8
DEEPEST_SENT = 100  # no form is; and whoever reads one goes down into it, a few calls for each level
MOST_ENTRIES = 300


def line(value: object) -> str:
    """One line: white space runs become one space, what can't be seen is gone. '' for what is no text or number."""
    return " ".join(_seen(_plain(value), "").split())


def words(value: object) -> str:
    """One line that a person wrote: as `line`, entities decoded once."""
    return line(_decoded(_plain(value)))


def paragraph(value: object) -> str:
    """Text that a person wrote and that may have several lines, at most LONGEST characters; entities decoded once."""
    return whole(value)[:LONGEST]


def whole(value: object) -> str:
    """A paragraph, however long."""
    rows = (" ".join(row.split()) for row in _seen(_decoded(_plain(value)), "\n").split("\n"))
    return "\n".join(rows).strip()


def tree(value: Any, depth: int = 0) -> Any:
    """A JSON value with every string cleaned; what is nested too deeply or too long is cut."""
    if isinstance(value, str):
        return paragraph(value)
    if depth >= DEEPEST:
        return line(str(value)[:200])
    if isinstance(value, Mapping):
        entries = list(value.items())[:MOST_ENTRIES]
        return {line(key)[:120]: tree(inner, depth + 1) for key, inner in entries}
    if isinstance(value, list):
        return [tree(inner, depth + 1) for inner in value[:MOST_ENTRIES]]
    return value


def load_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises UnreadablePayload, saying what it is instead."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        # RecursionError: a few kilobytes of brackets are nested deeper than any form.
        raise UnreadablePayload("The body is not JSON. Send one JSON object in UTF-8.") from error
    if not isinstance(document, dict):
        raise UnreadablePayload("The body is JSON, but not an object. Send one JSON object.")
    if _deeper_than(document, DEEPEST_SENT):
        raise UnreadablePayload(
            f"The body is nested more than {DEEPEST_SENT} times. Send a flatter JSON object."
        )
    return document


def _deeper_than(document: object, levels: int) -> bool:
    """Level by level: a call for each would itself be too deep."""
    level: list[object] = [document]
    for _ in range(levels):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _plain(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value[:MOST_ENTRIES])
    return str(value) if isinstance(value, str | int | float) else ""


def _decoded(text: str) -> str:
    """Only what ends in a semicolon: 'R&D' and 'a&notes' are no entities."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _seen(text: str, also: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if c == "\n" and c not in also else c
        for c in text
        if c == "\n" or c in JOINERS or unicodedata.category(c) not in UNSEEN
    )
