"""How long a wording is on the air, and what makes it so. Pure."""

from collections.abc import Iterable, Iterator

from core.messaging.meter import Odd, odd_signs
from core.messaging.rules.lint.findings import WARNING, Finding, Fix
from core.messaging.rules.lint.lexicon import lexicon
from core.messaging.rules.lint.wording import MASK, Wording
from core.messaging.segments import size_of

MOST_SEGMENTS = 2


def character_findings(wording: Wording) -> Iterator[Finding]:
    """Signs that turn the whole text into UCS-2, each once, with what says the same."""
    for odd in odd_signs(wording.masked):
        if MASK in odd.sign:
            continue
        places = [(start, start + len(odd.sign)) for start in odd.starts]
        many = "" if len(places) == 1 else f" {len(places)} times"
        yield wording.warning(
            "character",
            f"{_named(odd.sign)}{many}: it makes each segment 67 characters instead of 153.",
            *places[0],
            _plainer(wording, odd, places),
        )


def _plainer(wording: Wording, odd: Odd, places: Iterable[tuple[int, int]]) -> Fix | None:
    """The same in plain signs; an emoji can be left out, a letter of another script can't."""
    if odd.plain:
        return wording.replace(f"Use plain {odd.plain.strip() or 'space'}", odd.plain, *places)
    letters = any(char.isalpha() for char in odd.sign)
    return None if letters else wording.replace("Leave it out", "", *places)


def _named(sign: str) -> str:
    name = lexicon().characters.get(sign)
    if name:
        return f"{name[:1].upper()}{name[1:]}"
    return f"'{sign}'" if sign.isprintable() else f"A hidden character (U+{ord(sign[0]):04X})"


def length_findings(field: str, texts: Iterable[str]) -> Iterator[Finding]:
    """`texts`: the wording with its values, the usual ones and the longest."""
    most = max((size_of(text).segments for text in texts), default=0)
    if most > MOST_SEGMENTS:
        message = f"{most} segments with long values; {MOST_SEGMENTS} are read, and cost less."
        yield Finding("too_long", WARNING, field, message)
