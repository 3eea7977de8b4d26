"""Made-up wordings and texts, full of what makes two readers disagree. The same seed makes the same ones."""

import json
import random
from collections.abc import Iterator

from tests.oracles.answers import Case

NAMES = ["x", "y", "firstName", "a_b", "z9", "elsewhere", "iffy", "toString", "constructor", "else_x"]
BLANKS = ["", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\r", "\v", "\u2028", "\ufeff"]
WORDS = [
    "a", "Hi ", ".", "}}", "}", "{", "{ ", " ", "\n", "\r\n", "  \n", "\n  ", "\t\n", "\u00e9", "\r", "&<>\"'",
    "\u00a0\n", "\f",
]  # fmt: skip
BREAKS = ["", "\n", "  \n", "\r\n", " ", "\n\t"]
VALUES = [
    "", "0", " ", "Ava", "{{x}}", "a\nb", True, False, None, 0, -0.0, 1, 1.0, -1.5, 1e21, 1e20, 10**29, 1e-6, 1e-7,
    1.5e-7, 5e-324, 1.7976931348623157e308, 0.1, 100, 2**53 + 1, -123456789.125,
]  # fmt: skip
EMOJI = [
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd", "\U0001f1fa\U0001f1f8",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "1\ufe0f\u20e3", "\u2764\ufe0f",
    "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468\U0001f3fd", "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f9b8\U0001f3fd\u200d\u2640\ufe0f", "\U0001f469\U0001f3fd\u200d\U0001f9b0", "\U0001f970", "\U0001f600",
    "\U0001f1fa", "\U0001f3fd", "\u200d", "\ufe0f",
]  # fmt: skip
SIGNS = [
    "\u00e9", "e\u0301", "\u1100\u1161\u11a8", "\uac01", "\uac00", "\u0928\u093f", "\u0e33", "\r\n", "\n", "\r",
    "\u00a3", "\u20ac", "^", "{", "}", "[", "]", "\\", "~", "|", "\u2018", "\u2019", "\u201c", "\u2013", "\u2026",
    "\u00a0", "\t", "\f", "\u200b", "\u200c", "\u4f60", "\u0451", "\u0600", "\u00ab", "\u2028", "\ud83d", "\u00e7",
    "\u00c7", "\u03a9",
]  # fmt: skip


def templates(seed: int, count: int) -> Iterator[Case]:
    """`body` within the subset, or nearly, and `values`."""
    rng = random.Random(seed)
    for _ in range(count):
        values = {name: rng.choice(VALUES) for name in NAMES if rng.random() < 0.6}
        yield {"body": _body(rng, 0), "values": values}


def _body(rng: random.Random, depth: int) -> str:
    return "".join(_part(rng, depth) for _ in range(rng.randint(0, 3)))


def _part(rng: random.Random, depth: int) -> str:
    chance = rng.random()
    if chance < 0.4 or depth == 3:
        return "".join(rng.choice(WORDS) for _ in range(rng.randint(1, 3)))
    if chance < 0.6:
        return f"{{{{{_blank(rng)}{rng.choice(NAMES)}{_blank(rng)}}}}}"
    return _block(rng, depth)


def _block(rng: random.Random, depth: int) -> str:
    opening = f"{{{{#{_blank(rng)}if{rng.choice(BLANKS[1:])}{rng.choice(NAMES)}{_blank(rng)}}}}}"
    body = f"{rng.choice(BREAKS)}{_body(rng, depth + 1)}{rng.choice(BREAKS)}"
    if rng.random() < 0.5:
        body += f"{{{{{_blank(rng)}else{_blank(rng)}}}}}{rng.choice(BREAKS)}{_body(rng, depth + 1)}{rng.choice(BREAKS)}"
    return f"{opening}{body}{{{{/{_blank(rng)}if{_blank(rng)}}}}}{rng.choice(BREAKS)}"


def _blank(rng: random.Random) -> str:
    return rng.choice(BLANKS) if rng.random() < 0.3 else ""


def texts(seed: int, count: int) -> Iterator[Case]:
    """`text` around the lengths at which one segment becomes two, and three."""
    rng = random.Random(seed)
    plain = list("abc def\u20ac^{}[]~|\\\n\r@\u00a3\u0394\u00e9\f")
    pools = [EMOJI, SIGNS, EMOJI + SIGNS, plain, list("abcdefghij ") * 9 + EMOJI, []]
    for _ in range(count):
        pool, length = rng.choice(pools), rng.choice([5, 40, 70, 75, 134, 140, 160, 165, 200, 306, 320, 480])
        text = ""
        while len(text) < length:
            text += rng.choice(pool) if pool else chr(rng.randrange(0x110000))
        yield {"text": json.loads(json.dumps(text))}  # two halves of a pair that met are one character
