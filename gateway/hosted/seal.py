"""Signed words that travel through the browser: when a page was made, whose thanks and whose answers to show."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from core.db.crypto import Keyring

PAGE, THANKS, CHANGE = "form-page", "form-thanks", "form-change"
SIGNATURE = 22  # 132 bits


@dataclass(frozen=True)
class PageSeal:
    """One rendering of a form: its moment, and a word that no other rendering has."""

    made_at: datetime
    nonce: str


def seal_page(keyring: Keyring, now: datetime) -> str:
    return _seal(keyring, PAGE, f"{int(now.timestamp() * 1000)}.{secrets.token_urlsafe(12)}")


def open_page(keyring: Keyring, sealed: str) -> PageSeal | None:
    """None where the words are missing or were changed."""
    value = _open(keyring, PAGE, sealed)
    moment, _, nonce = value.partition(".")
    if not value or not moment.isdecimal():
        return None
    return PageSeal(datetime.fromtimestamp(int(moment) / 1000, UTC), nonce)


def seal_thanks(keyring: Keyring, submission_id: str) -> str:
    return _seal(keyring, THANKS, submission_id)


def open_thanks(keyring: Keyring, sealed: str) -> str:
    """The submission's id, or ''."""
    return _open(keyring, THANKS, sealed)


def seal_change(keyring: Keyring, submission_id: str) -> str:
    return _seal(keyring, CHANGE, submission_id)


def open_change(keyring: Keyring, sealed: str) -> str:
    """The submission's id, or ''."""
    return _open(keyring, CHANGE, sealed)


def _seal(keyring: Keyring, purpose: str, value: str) -> str:
    return f"{value}.{keyring.sign(purpose, value)[:SIGNATURE]}"


def _open(keyring: Keyring, purpose: str, sealed: str) -> str:
    value, _, signature = sealed.rpartition(".")
    expected = keyring.sign(purpose, value)[:SIGNATURE]
    return value if hmac.compare_digest(signature.encode(errors="replace"), expected.encode()) else ""
