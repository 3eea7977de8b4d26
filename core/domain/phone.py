"""Telephone numbers: E.164 in storage, a masked form in logs, the national form on screens.

North American numbers are read by the numbering plan itself (NANPA, area code and central office rules), because a
list of the area codes in service is always behind the ones that people are given. Numbers of other countries are the
`phonenumbers` library's. This file adds the clinic's rules on top: who may be texted, and what is refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers

from core.domain.errors import InvalidInput

NANP_DIGITS, FEW_DIGITS, MEXICAN_MOBILE = 10, 4, 13
LONGEST = 200  # with all that people write around a number; what is longer takes the patterns below seconds
EXTENSION = re.compile(
    r"(?:;\s*ext\s*=|[\s,;.(-]*(?:extension|extensi\u00f3n|extn|ext|x|#)[\s.:=#-]*)(\d{1,11})[\s#)]*$",
    re.IGNORECASE,
)
TEL_URI = re.compile(r"^tel:[\s/]*", re.IGNORECASE)
CONTEXT = re.compile(r";phone-context=(\+\d+)", re.IGNORECASE)
PARAMETER = re.compile(r";(?!ext=)[a-z-]+=[^;]*", re.IGNORECASE)
ALLOWED = re.compile(r"^[\d\s().+\-/\u00b7]*$")
ABROAD = re.compile(
    r"^(?:011|00)[\s.-]*(?=[1-9])"
)  # what is dialled before a country code, here and elsewhere


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Area codes of the plan that are neither the United States nor Canada: another country's, or a territory's.
ISLANDS = _codes(
    "242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787 809 829 849 868 869 876 939"
)
# Codes of services, in use or set aside for one: no place, so never where a person's own mobile is.
TOLL_FREE = _codes("800 822 833 844 855 866 877 880 881 882 883 884 885 886 887 888 889")
FOLLOW_ME = _codes(
    "500 521 522 523 524 525 526 527 528 529 532 533 535 538 542 543 544 545 546 547 549 550 552 553 554 556 566 569"
    " 577 578 588 589"
)
PREMIUM = "900"
SERVICES = TOLL_FREE | FOLLOW_ME | _codes("456 600 622 633 644 655 677 688 700 710") | {PREMIUM}


@dataclass(frozen=True)
class Phone:
    """A number that exists as far as the numbering plan can tell. `extension` is digits, '' for none."""

    e164: str
    extension: str = ""

    @property
    def textable(self) -> bool:
        """Whether our policy lets a text go there: a place in the United States or Canada, and no extension."""
        return not self.extension and may_be_texted(self.e164)


def read_phone(text: str, *, field: str = "phone") -> Phone:
    """Any number that staff can call, here or abroad. Raises InvalidInput naming `field`.

    Read as people, phones and other programs write them: full-width digits, marks that nobody sees, any dash, `tel:`,
    011 and 00, extensions. Letters are refused, not turned into digits: a vanity number or a slip of the finger
    would reach a stranger.
    """
    if len(text) > LONGEST:
        raise InvalidInput.of(field, "Enter one number only, such as (407) 555-0155.")
    plain = _plain(text)
    if not plain:
        raise InvalidInput.of(field, "Enter a mobile number, such as (407) 555-0155.")
    number, extension = _split_extension(_without_uri(plain))
    if not ALLOWED.match(number):
        raise InvalidInput.of(field, "Use digits only, such as (407) 555-0155: letters can't be dialled.")
    return Phone(_e164(ABROAD.sub("+", number), field), extension)


def parse_phone(text: str, *, field: str = "phone") -> str:
    """E.164 of a number that may be texted. Raises InvalidInput naming `field`."""
    phone = read_phone(text, field=field)
    if phone.extension:
        raise InvalidInput.of(field, "A number with an extension can't be texted. Enter a mobile number.")
    if not phone.textable:
        raise InvalidInput.of(field, "We can text numbers in the United States and Canada only.")
    return phone.e164


def may_be_texted(e164: str) -> bool:
    """The policy: the United States and Canada, Alaska and Hawaii with them. Territories, other countries, toll-free,
    premium and follow-me numbers are called: a text there costs more, arrives less, or reaches no person."""
    code = area_code(e164)
    return bool(code) and code not in ISLANDS and code not in SERVICES


def is_no_persons(sender: str) -> bool:
    """Whether only machines write from it: short codes, names in place of a number, toll-free and other services."""
    return not sender.startswith("+") or area_code(sender) in SERVICES


def is_premium(e164: str) -> bool:
    """Whether who calls it pays extra: nobody's own number, and a known way to take money from who calls back."""
    if area_code(e164) == PREMIUM:
        return True
    if may_be_texted(e164):
        return False  # the library knows no other such code here, and takes its time to say so
    return _library_type(e164) == phonenumbers.PhoneNumberType.PREMIUM_RATE


def mask_phone(e164: str) -> str:
    """`+14075550155` as `+1******0155`, the only form that may stand in a log."""
    return f"{e164[:2]}******{e164[-4:]}" if len(e164) > 6 else "******"


def show_phone(e164: str, extension: str = "") -> str:
    """`+14075550155` as `(407) 555-0155`, with `ext. 12` behind it; other countries stay as they are."""
    shown = f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}" if e164.startswith("+1") and len(e164) == 12 else e164
    return f"{shown} ext. {extension}" if extension else shown


def dial_phone(e164: str, extension: str = "") -> str:
    """What stands behind `tel:` in a link (RFC 3966), '' for no number."""
    return f"{e164};ext={extension}" if extension else e164


def split_dialled(dialled: str) -> Phone:
    """The number behind a link that `dial_phone` made."""
    e164, _, extension = dialled.partition(";ext=")
    return Phone(e164, extension)


def area_code(e164: str) -> str:
    """The three digits after +1, or '' for other countries."""
    return e164[2:5] if e164.startswith("+1") else ""


def _plain(text: str) -> str:
    """ASCII digits, dashes and blanks for whatever stands for them; without marks that nobody sees."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text))).strip()


def _plain_character(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Pd" or character == "\u2212":
        return "-"
    if kind == "Cf":
        return ""
    return " " if kind in ("Zs", "Zl", "Zp", "Cc") else character


def _without_uri(plain: str) -> str:
    """RFC 3966: `tel:302-555-0117;phone-context=+1;ext=5` as `+1302-555-0117;ext=5`."""
    if not TEL_URI.match(plain):
        return plain
    number = unquote(TEL_URI.sub("", plain))
    context = CONTEXT.search(number)
    bare = PARAMETER.sub("", number)
    return f"{context[1]}{bare}" if context and not bare.startswith("+") else bare


def _split_extension(plain: str) -> tuple[str, str]:
    found = EXTENSION.search(plain)
    return (plain[: found.start()].strip(), found[1]) if found else (plain, "")


def _e164(number: str, field: str) -> str:
    digits = re.sub(r"\D", "", number)
    international = number.lstrip("( ").startswith("+")
    if "+" in number.lstrip("( ")[1:]:
        raise InvalidInput.of(field, "Enter one number only, such as (407) 555-0155.")
    if international and not digits.startswith("1"):
        return _abroad(digits, field)
    national = digits.removeprefix("1")
    if len(national) != NANP_DIGITS:
        raise InvalidInput.of(field, _wrong_length(len(national)))
    if not _plausible(national):
        raise InvalidInput.of(field, "This number does not exist. Check the area code and enter 10 digits.")
    return f"+1{national}"


def _wrong_length(digits: int) -> str:
    """The usual slip on a phone is a digit too few: counting them says so best."""
    if FEW_DIGITS <= digits < NANP_DIGITS:
        return f"This number has {digits} digits. US numbers have {NANP_DIGITS}, such as (407) 555-0155."
    return "This is not a complete phone number. Enter 10 digits with the area code."


def _plausible(national: str) -> bool:
    """NANPA: area code and central office are NXX with N from 2 to 9 and no service code (N11); the area codes N9X,
    37X and 96X are set aside, and of those that end in two equal digits only the ones in use exist."""
    area, office = national[:3], national[3:6]
    if area[0] in "01" or office[0] in "01" or area[1:] == "11" or office[1:] == "11":
        return False
    if area[1] == "9" or area[:2] in ("37", "96"):
        return False
    return area[1] != area[2] or area in SERVICES


def _abroad(digits: str, field: str) -> str:
    if digits.startswith("521") and len(digits) == MEXICAN_MOBILE:
        digits = f"52{digits[3:]}"  # Mexico gave up this 1 in 2019; people and address books go on writing it
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise InvalidInput.of(
            field, "This number does not exist. Check the country code and the digits after it."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _library_type(e164: str) -> int:
    try:
        return phonenumbers.number_type(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return phonenumbers.PhoneNumberType.UNKNOWN
