"""How many parts a carrier splits a text into: GSM-7 160 or 153 characters, UCS-2 70 or 67."""

from simulator.graphemes import clusters

BASIC = frozenset(
    "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5\u0394_\u03a6\u0393\u039b"
    "\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9 !\"#\u00a4%&'()*+,-./0123456789:;<=>?"
    "\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7\u00bfabcdefghijklmnopqrstuvwxyz"
    "\u00e4\u00f6\u00f1\u00fc\u00e0"
)
EXTENDED = frozenset("^{}\\[~]|\u20ac\f")


def count_segments(body: str) -> int:
    """Parts of `body` on the air; an empty body (a picture alone) is one. Sources: GSM 03.38, Twilio's calculator.

    A character of two units and a joined emoji are never cut in two, so a part may hold fewer units.
    """
    if all(char in BASIC or char in EXTENDED for char in body):
        return _parts([2 if char in EXTENDED else 1 for char in body], single=160, joined=153)
    if _utf16(body) <= 70:
        return 1
    return _parts(_uncut(body), single=70, joined=67)


def _uncut(body: str) -> list[int]:
    widths: list[int] = []
    for cluster in clusters(body):
        whole = _utf16(cluster)
        widths += [whole] if whole <= 67 else [_utf16(char) for char in cluster]
    return widths


def _utf16(text: str) -> int:
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def _parts(widths: list[int], *, single: int, joined: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
