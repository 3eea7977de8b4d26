"""People's names: split, and folded for look-up."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+", re.UNICODE)


def fold(text: str) -> str:
    """Case, accents and spacing removed, so that 'LUCÍA  Moreno' meets 'lucia moreno'."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def words(text: str) -> list[str]:
    """The folded words of a name."""
    return WORD.findall(fold(text))


def split_full_name(full: str) -> tuple[str, str]:
    """First word, and the rest: the usual guess for forms with one name field."""
    first, _, last = " ".join(full.split()).partition(" ")
    return first, last
