"""The links of alerts: opaque, signed, each used once for a lead, of no use after half a day.

What stands in the address is a random name and our signature: nothing of the lead, and nobody who reads the database
can make one.
"""

import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from core.db.crypto import Keyring
from core.db.types import keyring_of
from core.settings import Settings

PURPOSE = "alert-link"
PATH = "/a/"
SIGNATURE = 16  # 96 bits
NAME_BYTES = 9  # 12 characters
EXPIRES = timedelta(hours=12)


def new_link() -> str:
    """The name of a new link."""
    return secrets.token_urlsafe(NAME_BYTES)


def address(session: Session, settings: Settings, link: str) -> str:
    """Where a link leads: on the gateway, which phones reach without signing in."""
    keyring = keyring_of(session.get_bind().dialect)
    return f"{settings.public}{PATH}{link}.{keyring.sign(PURPOSE, link)[:SIGNATURE]}"


def link_of(keyring: Keyring, code: str) -> str:
    """The name behind the end of an address; '' where we did not sign it."""
    link, _, signature = code.partition(".")
    return link if len(signature) == SIGNATURE and keyring.signed(PURPOSE, link, signature) else ""
