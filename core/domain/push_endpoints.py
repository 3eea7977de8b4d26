"""Where a browser takes pushes: an address at its maker's push service, which the browser itself names. Pure.

Whoever signs in may send us one. It must not become a way to have us knock at doors inside: https, to a public host.
"""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from core.domain.addresses import is_public
from core.domain.mail_servers import is_loopback

LONGEST = 1000  # the longest that browsers give have some 500 characters
P256DH_BYTES, AUTH_BYTES = 65, 16  # RFC 8291: an uncompressed point of the curve P-256, and a secret
LONGEST_KEY, KEY = 100, re.compile(r"[A-Za-z0-9_-]+=*")
NOT_PUBLIC = "lies at no public address"


@dataclass(frozen=True)
class Endpoint:
    """`origin`: whom our signature is for; `path` with its query. `listed`: allowed by a setting, wherever it lies."""

    origin: str
    host: str
    port: int
    path: str
    tls: bool
    listed: bool


def parse_endpoint(url: str, allowed: Collection[str] = ()) -> Endpoint:
    """`allowed`: hosts that need not be public; one of this machine needs no https. Raises ValueError, which does not
    repeat the address: who has it may push there."""
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    listed = host in allowed
    if parts.scheme != "https" and not (listed and parts.scheme == "http" and is_loopback(host)):
        raise ValueError("is no https address")
    if not listed and not _may_be_public(host):
        raise ValueError(NOT_PUBLIC)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Endpoint(f"{parts.scheme}://{parts.netloc}", host, port, path, parts.scheme == "https", listed)


def _split(url: str) -> SplitResult:
    whole = len(url) <= LONGEST and url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url) if whole else None
        if parts is None or not parts.hostname or parts.username is not None or parts.port == 0:
            raise ValueError
    except ValueError:
        raise ValueError("is no address of a push service") from None
    return parts


def _may_be_public(host: str) -> bool:
    """A name may turn out to lie anywhere, and is looked at again when it is asked for; one without a dot is inside."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost", ".home.arpa"))
    return is_public(host)


def is_key(text: str, size: int) -> bool:
    """Whether it is so many bytes, as browsers write them (base64url). Python's decoder leaves out what is none."""
    if len(text) > LONGEST_KEY or not KEY.fullmatch(text):
        return False
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == size
    except (binascii.Error, ValueError):
        return False
