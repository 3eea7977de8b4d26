"""Telephone numbers: E.164 in storage, a masked form in logs, the national form on screens.

Parsing is the `phonenumbers` library's; this file adds the clinic's rules on top.
"""

import re

import phonenumbers

from core.domain.errors import InvalidInput

ALLOWED = re.compile(r"^[\d\s().+\-\u2010-\u2015/]*$")
DIAL = {"US", "CA", "PR"}


def parse_phone(text: str, *, field: str = "phone") -> str:
    """E.164 of a number in the United States or Canada. Raises InvalidInput naming `field`.

    Letters are refused, not turned into digits: a vanity number or a typing slip would reach a stranger.
    """
    cleaned = text.strip()
    if not cleaned:
        raise InvalidInput.of(field, "Enter a mobile number, such as (407) 555-0155.")
    if not ALLOWED.match(cleaned):
        raise InvalidInput.of(field, "Use digits only, such as (407) 555-0155: letters can't be dialled.")
    try:
        number = phonenumbers.parse(cleaned, "US")
    except phonenumbers.NumberParseException:
        raise InvalidInput.of(
            field, "This is not a complete phone number. Enter 10 digits with the area code."
        ) from None
    if number.country_code != 1:
        raise InvalidInput.of(field, "We can text numbers in the United States and Canada only.")
    if not phonenumbers.is_valid_number(number) or phonenumbers.region_code_for_number(number) not in DIAL:
        raise InvalidInput.of(field, "This number does not exist. Check the area code and enter 10 digits.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(e164: str) -> str:
    """`+14075550155` as `+1******0155`, the only form that may stand in a log."""
    return f"{e164[:2]}******{e164[-4:]}" if len(e164) > 6 else "******"


def show_phone(e164: str) -> str:
    """`+14075550155` as `(407) 555-0155`; other countries stay as they are."""
    return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}" if e164.startswith("+1") and len(e164) == 12 else e164


def area_code(e164: str) -> str:
    """The three digits after +1, or '' for other countries."""
    return e164[2:5] if e164.startswith("+1") else ""
