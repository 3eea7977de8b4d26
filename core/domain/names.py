"""People's names: split, folded for look-up, and made fit to be printed in a text."""

import html
import re
import unicodedata
from itertools import groupby

WORD = re.compile(r"[^\W_]+", re.UNICODE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that show nothing: a name of them would leave a hole in the text.
BLANK_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
APOSTROPHES = re.compile(
    "[\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u0060\u00b4\u055a\ua78c\uff07]"
)
HYPHENS = re.compile("[\u2010-\u2015\u2212\u058a]")

SHORTEST_BEGINNING = 3
LONGEST_GREETING = 25
MOST_WORDS = 3
# A letter has four marks at most: Burmese needs them, decorated nonsense has more.
SHAPE = re.compile(r"'?(?:LM{0,4})+(?:[-'.](?:LM{0,4})+)*['.]?")
SEAMS = re.compile(r"([-'.])")
# 'St.John' is a name though it has the shape of an address; 'bit.ly' and 'St.Link' are not.
SAINTS = frozenset({"st", "ste", "sta", "sto"})
ENDINGS_OF_ADDRESSES = frozenset(
    {
        "app", "art", "bank", "best", "bio", "biz", "blog", "buzz", "care", "cash", "cat", "city", "cloud", "club",
        "com", "company", "deals", "dev", "digital", "email", "expert", "fit", "fun", "gift", "global", "group",
        "guru", "health", "help", "info", "ink", "jobs", "life", "link", "live", "love", "media", "mobi", "money",
        "name", "net", "news", "ninja", "one", "online", "org", "page", "pay", "plus", "pro", "red", "run", "sale",
        "shop", "site", "social", "software", "solutions", "space", "spa", "store", "style", "team", "tech", "tel",
        "tips", "today", "top", "travel", "video", "vip", "wiki", "win", "work", "works", "world", "xyz", "zip",
        "zone",
    }
)  # fmt: skip
FULL_STOP = re.compile(r"(?<=\w{4})\.$")  # of a sentence; 'Dr.' and 'J.R.' keep theirs
SHOUTED = 3  # capitals in a row; 'AJ' and 'TJ' are how people write their initials
NUMERALS = frozenset({"II", "III", "IV"})
INITIALS = re.compile(r"[^AEIOUY.]{2}|[A-Z]J")
SHORT_FORMS = frozenset({"ST", "DR", "MR", "MS", "JR", "SR"})


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


def decode_entities(text: str) -> str:
    """'O&#39;Brien' as it was typed, also where two programs escaped it in turn. For intake and printing."""
    for _ in range(3):
        decoded = ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if decoded == text:
            break
        text = decoded
    return text


def without_unseen(text: str) -> str:
    """Text in one line, without control, bidi, zero-width and other characters that show nothing."""
    if text.isprintable():
        return text
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in UNSEEN)


def greeting_name(written: str) -> str:
    """The name as a text may print it, or '' where it is not plainly a name: then the text greets without one.

    A stranger fills this in and the clinic's number sends it, so only one to three words of letters pass, 25
    characters in all, without digit, slash, or a dot that makes an address.
    """
    if written.isascii() and written.isalpha() and written.istitle() and len(written) <= LONGEST_GREETING:
        return written  # most names, and every text on its way passes here
    name = cleaned_name(written)
    parts = name.split()
    fits = 0 < len(parts) <= MOST_WORDS and len(name) <= LONGEST_GREETING
    return name if fits and all(map(_is_word, parts)) else ""


def cleaned_name(written: str) -> str:
    """A name as one would write it by hand: entities, ligatures, full-width letters, curly quotes, shouting."""
    plain = unicodedata.normalize("NFKC", without_unseen(decode_entities(written)))
    plain = APOSTROPHES.sub("'", HYPHENS.sub("-", BLANK_LETTERS.sub("", plain)))
    return _quietly(FULL_STOP.sub("", " ".join(plain.split()).rstrip(" ,;:")))


def _quietly(name: str) -> str:
    """Shouted words in small letters; a name that nobody shouted stays as it was typed."""
    if not _shouts(name):
        return name
    return " ".join(_capitalised(word) if _is_loud(word) else word for word in name.split())


def _shouts(text: str) -> bool:
    return any(upper and len(list(run)) >= SHOUTED for upper, run in groupby(text, str.isupper))


def _is_loud(word: str) -> bool:
    if word in NUMERALS or (INITIALS.fullmatch(word) and word not in SHORT_FORMS):
        return False
    return word.isupper() or _shouts(word)


def _capitalised(word: str) -> str:
    """'O'BRIEN' as O'Brien, 'MCDONALD' as McDonald, 'JEAN-LUC' as Jean-Luc."""
    parts: list[str] = []
    for part in SEAMS.split(word):
        # What follows an apostrophe is a name of its own after one letter (D'Angelo), else not (Sha'niya).
        small = parts[-1:] == ["'"] and len(parts) > 1 and len(parts[-2]) > 1
        parts.append(_lower(part) if small else _upper_first(part))
    return "".join(parts)


def _upper_first(part: str) -> str:
    if part.upper().startswith("MC") and len(part) > len("MC") + 2:
        return f"Mc{_upper_first(part[2:])}"
    return part[:1].upper() + _lower(part[1:])


def _lower(part: str) -> str:
    return part.lower().replace("i\u0307", "i")  # a Turkish dotted I has its dot already


def _is_word(word: str) -> bool:
    shape = "".join(c if c in "'-." else unicodedata.category(c)[0] for c in word)
    dotted = word.rstrip(".").split(".")
    return bool(SHAPE.fullmatch(shape)) and all(map(_may_touch, dotted, dotted[1:]))


def _may_touch(before: str, after: str) -> bool:
    """Whether a dot between the two, without a blank, makes no address: 'J.R.' and 'St.John' do not."""
    if len(before) == len(after) == 1:
        return True
    is_ending = len(after) < 3 or after.casefold() in ENDINGS_OF_ADDRESSES
    return before.casefold() in SAINTS and not is_ending
