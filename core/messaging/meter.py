"""What a text costs on the air, which of its characters make it dear, and what one change would save. Pure."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.messaging.characters import signs, smart_encoded
from core.messaging.segments import GSM_WITH_EXTENSION, Size, size_of

HUNDRED = 100


@dataclass(frozen=True)
class Odd:
    """One sign, known by its characters, that turns the whole text into UCS-2.

    `starts`: where it stands, in characters from 0. `plain`: what says the same in GSM-7; None where nothing does.
    """

    sign: str
    starts: tuple[int, ...]
    plain: str | None


@dataclass(frozen=True)
class Saving:
    """What putting `plain` for every `sign` would make of the text: its segments, and dollars saved on 100 texts."""

    sign: str
    plain: str
    segments: int
    per_hundred: float


@dataclass(frozen=True)
class Meter:
    """A text as it is counted: without and with Smart Encoding, dollars for 100, the one change that saves most."""

    size: Size
    smart: Size
    per_hundred: float
    saving: Saving | None


def odd_signs(text: str) -> list[Odd]:
    """The signs that are not GSM-7, in the order of their first place."""
    places: dict[str, list[int]] = {}
    for start, sign in _placed(text):
        if not set(sign) <= GSM_WITH_EXTENSION:
            places.setdefault(sign, []).append(start)
    return [Odd(sign, tuple(starts), plain_for(sign)) for sign, starts in places.items()]


def _placed(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for sign in signs(text):
        yield start, sign
        start += len(sign)


def plain_for(sign: str) -> str | None:
    """What Smart Encoding puts there, else the letter without its mark; None where GSM-7 has nothing for it.

    Of two blanks that Smart Encoding makes of one, one is left.
    """
    for plain in (smart_encoded(sign), _unmarked(sign)):
        if plain != sign and set(plain) <= GSM_WITH_EXTENSION:
            return " " if plain and not plain.strip() else plain
    return None


def _unmarked(sign: str) -> str:
    """'á' as 'a'; a sign that is nothing but marks stays."""
    taken_apart = unicodedata.normalize("NFKD", sign)
    return "".join(char for char in taken_apart if not unicodedata.combining(char)) or sign


def measure(text: str, dollars_a_segment: float) -> Meter:
    """Count a text as it leaves, values filled in."""
    size = size_of(text)
    price = HUNDRED * dollars_a_segment
    return Meter(
        size, size_of(smart_encoded(text)), size.segments * price, _best_saving(text, size.segments, price)
    )


def _best_saving(text: str, segments: int, price: float) -> Saving | None:
    found = [
        Saving(odd.sign, odd.plain, fewer, (segments - fewer) * price)
        for odd in odd_signs(text)
        if odd.plain is not None and (fewer := _segments_with(text, odd, odd.plain)) < segments
    ]
    return min(found, key=lambda saving: saving.segments, default=None)


def _segments_with(text: str, odd: Odd, plain: str) -> int:
    return size_of(text.replace(odd.sign, plain)).segments
