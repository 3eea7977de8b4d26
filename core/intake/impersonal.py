"""Campaign values are kept in plain columns, which marketing reads and sorts by: nobody may stand there. Pure.

Mail programs put the reader's address into a link, and a form hands on whatever its link said. The payload keeps it as
it came, encrypted.
"""

import html
import re
import unicodedata
from urllib.parse import unquote_plus

REMOVED = "(removed)"
# Seven digits are a phone number, however they are set apart; letters part two numbers ('300x250').
NUMBER = re.compile(r"\d(?:[\W_]*\d){6}")
# Nobody of age was born on one, so a campaign may have its date.
DATE = re.compile(
    r"(?<!\d)20[2-9]\d[-._/ ]?(?:0[1-9]|1[0-2])(?:[-._/ ]?(?:0[1-9]|[12]\d|3[01]))?(?![-._/ ]?\d)"
)
SAYS_WHO = re.compile(
    r"(?:^|[^a-z])(?:(?:first|last|full|f|l)[-_ ]?name|name|e[-_ ]?mail|phone|mobile|tel|dob|birth[-_ ]?(?:day|date)?)"
    r"\s*[=:]"
)
DECODINGS = 3  # a link inside a link inside a link


def impersonal(value: str) -> str:
    """The value, or '(removed)' where an address, a number or somebody's name by its label is in it."""
    plain = _decoded(value)
    undated = DATE.sub("", plain)
    return REMOVED if "@" in plain or NUMBER.search(undated) or SAYS_WHO.search(plain.casefold()) else value


def _decoded(value: str) -> str:
    """As whoever reads it would: percent signs, entities and full-width letters undone."""
    for _ in range(DECODINGS):
        plain = unicodedata.normalize("NFKC", html.unescape(unquote_plus(value)))
        if plain == value:
            break
        value = plain
    return value
