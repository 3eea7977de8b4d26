"""Signed words that travel through the browser: when a page was made, whose thanks and whose answers to show."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from core.db.crypto import Keyring

PAGE, THANKS, CHANGE = "form-page", "form-thanks", "form-change"
HOLD, BOOKED = "widget-hold", "widget-booked"
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


@dataclass(frozen=True)
class HoldSeal:
    """A held time, as the page that it was held by knows it, also once it is confirmed and gone."""

    id: str
    service: str
    location: str
    starts_at: datetime


def seal_hold(keyring: Keyring, held: HoldSeal) -> str:
    parts = (held.id, held.service, held.location, str(int(held.starts_at.timestamp())))
    return _seal(keyring, HOLD, ":".join(parts))


def open_hold(keyring: Keyring, sealed: str) -> HoldSeal | None:
    """None where the words are missing or were changed."""
    parts = _open(keyring, HOLD, sealed).split(":")
    if len(parts) != 4:
        return None
    id_, service, location, moment = parts
    return HoldSeal(id_, service, location, datetime.fromtimestamp(int(moment), UTC))


def seal_booked(keyring: Keyring, visit_id: str, told: str) -> str:
    """`told`: 't' where a text goes out, 'e' where an email does."""
    return _seal(keyring, BOOKED, f"{visit_id}:{told}")


def open_booked(keyring: Keyring, sealed: str) -> tuple[str, str]:
    """The visit's id and how its patient is told, or two times ''."""
    visit_id, _, told = _open(keyring, BOOKED, sealed).partition(":")
    return visit_id, told


def _seal(keyring: Keyring, purpose: str, value: str) -> str:
    return f"{value}.{keyring.sign(purpose, value)[:SIGNATURE]}"


def _open(keyring: Keyring, purpose: str, sealed: str) -> str:
    value, _, signature = sealed.rpartition(".")
    whole = len(signature) == SIGNATURE and keyring.signed(purpose, value, signature)
    return value if whole else ""
