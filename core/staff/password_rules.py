"""Which new passwords are good enough. Pure, and offline: the lists of common passwords come with a package."""

import re
import unicodedata
from collections.abc import Iterator

from zxcvbn import zxcvbn

from core.domain.errors import FieldError
from core.staff.rules import MAX_BYTES

MIN_LENGTH = 12
MIN_GUESSES = 10**10  # tries that a guesser who knows lists, dates and keyboards would need
OURS = "luxe"
SHORTEST_PART = 3  # of a name that must not be in it: 'Al' is in too many words
EASY = "This is easy to guess. Take several words that do not belong together."


def errors(password: str, again: str, *, name: str, username: str) -> list[FieldError]:
    """What is wrong with a new password of this person; empty when it is good."""
    if password != again:
        return [FieldError("again", "The two passwords differ. Type the same one twice.")]
    words = next(_problems(password, name, username), "")
    return [FieldError("password", words)] if words else []


def _problems(password: str, name: str, username: str) -> Iterator[str]:
    plain = _plain(password)
    if len(password) < MIN_LENGTH:
        yield f"Use {MIN_LENGTH} characters or more; several words are easy to keep."
    if len(password.encode(errors="replace")) > MAX_BYTES:
        yield f"Use at most {MAX_BYTES} characters."
    if password != password.strip() or not password.isprintable():
        yield "Leave out the spaces at the beginning and the end, and what can't be seen."
    if _plain(username) in plain:
        yield "Leave out your user name."
    if any(part in plain for part in _parts(name)):
        yield "Leave out your own name."
    if OURS in plain:
        yield f"Leave out '{OURS}'."
    if int(zxcvbn(password, user_inputs=[username, OURS, *_parts(name)])["guesses"]) < MIN_GUESSES:
        yield EASY


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+", _plain(name)) if len(part) >= SHORTEST_PART]


def _plain(text: str) -> str:
    """Without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
