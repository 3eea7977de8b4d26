"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562 section 5.7)."""

import hashlib
import itertools
import secrets
import uuid
from datetime import datetime
from functools import lru_cache

_turn = itertools.count()


def new_id(now: datetime) -> str:
    """A UUIDv7 as 36 characters: milliseconds, then the fraction of one, a turn counter and 44 random bits.

    The counter (RFC 9562 section 6.2) keeps the order of ids that one process makes within a microsecond.
    """
    rest = f"{0b10 << 62 | next(_turn) % (1 << 18) << 44 | secrets.randbits(44):016x}"
    return f"{_moment(now)}-{rest[:4]}-{rest[4:]}"


def earliest_id(moment: datetime) -> str:
    """Below every identifier that is made at that moment or later: what came since then stands behind it."""
    return f"{_moment(moment)}-0000-000000000000"


@lru_cache(maxsize=64)  # one transaction makes many ids of one moment
def _moment(now: datetime) -> str:
    milliseconds, fraction = divmod(round(now.timestamp() * 1_000_000), 1000)
    text = f"{(milliseconds & ((1 << 48) - 1)) << 16 | 0x7 << 12 | fraction:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:]}"


def is_id(value: str) -> bool:
    """Whether `value` is one of our identifiers: callers check before asking the database."""
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


def reference(number: int) -> str:
    """The short name of a lead that people say and type, such as 'A-1042'."""
    return f"A-{1000 + number}"


MOST_NUMBERS = 2**31 - 1  # what the column holds; PostgreSQL refuses to compare with more


def number_of(ref: str) -> int | None:
    """The lead number behind a reference ('A-1042', 'a1042', '1042'), or None where `ref` is not one."""
    tail = ref.strip().upper().removeprefix("A").lstrip(" -")
    number = int(tail) - 1000 if tail.isdecimal() and len(tail) < 12 else 0
    return number if 0 < number <= MOST_NUMBERS else None


LINK_CODE = 10  # signs, 60 bits: who guesses a million times a day meets one of 10,000 once in 300 years
_IN_LINKS = str.maketrans("-_", "xX")


def link_code(signature: str) -> str:
    """What a link in a text is called by, of a signature that nobody else can make. Letters and digits alone: phones
    that look for addresses in a text leave out a '-' at the end of one."""
    return signature[:LINK_CODE].translate(_IN_LINKS)


def hashed(secret: str) -> str:
    """SHA-256 of a random code or token, in hex: what is kept of it, so that a dump of the database opens nothing."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
