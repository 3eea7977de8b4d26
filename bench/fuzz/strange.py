"""Strange strings, numbers and JSON values, each made from one random generator, so that a seed gives them again."""

from random import Random
from typing import Any

WORDS = (
    "Omar", "Reyes", "botox", "407-555-0155", "omar@example.com", "STOP", "yes", "no", "2026-11-23T09:00:00-05:00",
    "1990-04-12", "09:00", "18:00-24:00", "America/New_York", "tel:+14075550155;ext=7", "I agree to texts", "ALTO",
    "{{first_name}}", "{{#if treatment}}", "{{/if}}", "{{else}}", "{{#unless a}}", "32801", "https://example.com/x",
    "first_name", "phone", "consent", "Loved \u201cSee you then\u201d", "I want to die", "wrong number", "1", "2",
)  # fmt: skip
ODDITIES = (
    "", " ", "\0", "\ud800", "\udfff", "a\udc80b", "\u202e", "\u200f", "\u200d", "\u2028", "\ufeff", "\ufffe",
    "\x1b[31m",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0010ffff", "\u0130", "\u00df", "\ufb03", "e\u0301\u0301\u0301",
    "\u0663\u0664\u0665", "\uff11\uff12\uff13", "\u00b2", "\u2460", "\u1369", "'", '"', "\\", "%00", "%s", "%",
    "&#0;", "&#55296;",
    "&#1114112;", "&#x110000;", "&amp;", "<script>", "../..", "\r\n", "\t", ";", "=", "&", "+", "{{", "}}",
    "{{{", "-", ":", "@",
    "[", "]", "//[", "http://[", "http://[::1", "//\u2100", "http://a:99999999", "\x7f", "\x85", "\xa0", "q1_",
    "=cmd",
)  # fmt: skip
DATES = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "0001-01-01", "9999-12-31", "0000-00-00",
    "1970-01-01T00:00:00Z", "2026-02-30", "2024-02-29", "2026-03-08T02:30:00", "2026-11-01T01:30:00-05:00",
    "2026-11-23T24:00:00Z", "2026-W01-1", "20261123", "2026-11-23T09:00:00+23:59", "2026-11-23T09:00:00-24:00",
    "2026-11-23 09:00:00.123456789+00:00:01", "12/31/99", "31.12.0000", "00/00/0000", "99991231", "01010001",
    "feb 30 2024", "1 de enero de 0001", "dec 31 9999", "24:00", "23:59:59.999999", "00:00+00:00", "-1:00", "T09",
    "2026-11-23T09:00:00-05:00[America/New_York]", "+10000-01-01", "12:60",
    "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0663",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, -0.0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 2**64, -(2**64), 10**30, 10**400, 1e308, -1e308, 1e-320,
    float("inf"), float("-inf"), float("nan"), 0.1, 1e22, 4075550155, 4075550155.0, 19900412, 1763653800, True, False,
)  # fmt: skip
LONG = (300, 4001, 20_000)
LONGEST = 60_000


def text(rng: Random) -> str:
    """Mostly short: a word, a date, an oddity, or some of them side by side."""
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(WORDS)
    if kind < 0.4:
        return rng.choice(DATES)
    if kind < 0.55:
        return rng.choice(ODDITIES)
    if kind < 0.65:
        return "".join(
            chr(rng.choice((rng.randrange(128), rng.randrange(0x110000)))) for _ in range(rng.randrange(12))
        )
    if kind < 0.67:
        word = rng.choice(rng.choice((WORDS, ODDITIES))) or "a"
        return word * (rng.choice(LONG) // len(word))
    parts = (rng.choice(rng.choice((WORDS, ODDITIES, DATES))) for _ in range(rng.randrange(1, 6)))
    return rng.choice(("", " ", ", ", "\n")).join(parts)


def bent(rng: Random, value: str) -> str:
    """`value` with a few letters changed, left out, doubled or put in."""
    letters = value
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(letters) + 1)
        to = min(len(letters), at + rng.randrange(4))
        put = rng.choice(
            ("", rng.choice(ODDITIES), rng.choice(WORDS), letters[at:to] * 2, chr(rng.randrange(0x250)))
        )
        letters = (letters[:at] + put + letters[to:])[:LONGEST]
    return letters


def value(rng: Random, depth: int = 0) -> Any:
    """Any JSON value, and NaN and Infinity as some senders write them."""
    kind = rng.random()
    if kind < 0.55 or depth > 3:
        return text(rng)
    if kind < 0.7:
        return rng.choice(NUMBERS)
    if kind < 0.78:
        return None
    if kind < 0.8:
        return nested(rng)
    if kind < 0.9:
        return [value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {text(rng): value(rng, depth + 1) for _ in range(rng.randrange(5))}


def nested(rng: Random) -> Any:
    """A value far inside of lists and objects."""
    found: Any = text(rng)
    in_lists = rng.random() < 0.5
    for _ in range(rng.choice((9, 40, 150, 400, 900))):
        found = (
            [found]
            if in_lists or rng.random() < 0.3
            else {rng.choice(("a", "fields", "properties", "value")): found}
        )
    return found


def mutated(rng: Random, document: Any) -> Any:
    """A copy of `document` with some of its places changed, each of another kind or only bent."""
    changed = _copy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        changed = _change(rng, changed)
    return changed


def _copy(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _copy(inner) for key, inner in document.items()}
    return [_copy(inner) for inner in document] if isinstance(document, list) else document


def _change(rng: Random, document: Any) -> Any:
    """Walk down to a random place and change what stands there."""
    if isinstance(document, dict) and document and rng.random() < 0.85:
        key = rng.choice(list(document))
        kind = rng.random()
        if kind < 0.1:
            del document[key]
        elif kind < 0.17:
            document[rng.choice((text(rng), bent(rng, str(key))))] = document[key]
        else:
            document[key] = _change(rng, document[key])
        return document
    if isinstance(document, list) and document and rng.random() < 0.85:
        at = rng.randrange(len(document))
        kind = rng.random()
        if kind < 0.1:
            del document[at]
        elif kind < 0.2:
            document.extend(
                [document[at]] * rng.choice((1, 3, 40))
            )  # of lists inside of lists, again and again
        else:
            document[at] = _change(rng, document[at])
        return document
    if isinstance(document, str) and rng.random() < 0.4:
        return bent(rng, document)
    return value(rng)
