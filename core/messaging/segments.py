"""How many segments a text is, counted as Twilio's segment calculator does (GSM 03.38; 3GPP TS 23.038).

GSM-7: 160 characters alone, 153 in each part of a longer text, extension characters count twice.
One character outside GSM-7 turns the whole text into UCS-2: 70 alone, 67 in each part, in UTF-16 units. What one sees
as one sign, such as a family of emoji, is not split between two parts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.messaging.characters import signs

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")
GSM_WITH_EXTENSION = GSM | EXTENSION


@dataclass(frozen=True)
class Size:
    """`units` of the encoding used, the `segments` they fill, and the encoding's name."""

    units: int
    segments: int
    encoding: str


def size_of(text: str) -> Size:
    """The size of a text on the air. An empty text is one empty segment."""
    used = set(text)
    if used <= GSM_WITH_EXTENSION:
        units = len(text) + sum(text.count(c) for c in used & EXTENSION)
        return Size(units, _gsm_segments(text, units), "GSM-7")
    units = _units(text)
    return Size(units, _ucs2_segments(text, units), "UCS-2")


def _units(text: str) -> int:
    """In UTF-16. A lone surrogate, which no encoder takes, is one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _gsm_segments(text: str, units: int) -> int:
    return 1 if units <= 160 else _parts((2 if c in EXTENSION else 1 for c in text), 153)


def _ucs2_segments(text: str, units: int) -> int:
    return 1 if units <= 70 else _parts(_widths(text), 67)


def _widths(text: str) -> Iterator[int]:
    for sign in signs(text):
        width = _units(sign)
        # A sign that fits no part, such as a letter under a heap of marks, has to be split after all.
        yield from (width,) if width <= 67 else map(_units, sign)


def _parts(widths: Iterable[int], limit: int) -> int:
    """What is not to be split moves to the next part whole."""
    parts, used = 1, 0
    for width in widths:
        if used + width > limit:
            parts, used = parts + 1, 0
        used += width
    return parts
