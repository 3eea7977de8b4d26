"""How a webhook of ours is signed, for who sends it and for who checks it: HMAC-SHA256 over time and body. Pure.

`X-Luxe-Signature: t=1764000000,v1=<hex>`: the hex is that of `<t>.<body>` under the endpoint's secret. Who checks it
compares in constant time and refuses what is older than some minutes, so that nobody can play an old one again.
"""

import hashlib
import hmac
import re

HEADER = "X-Luxe-Signature"
TOLERANCE = 300  # seconds
_SHAPE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value. `at`: seconds since 1970."""
    return f"t={at},v1={_hex(secret, at, body)}"


def is_signed(secret: str, header: str, body: bytes, at: int) -> bool:
    """Whether `header` was made under this secret for this body, and lately."""
    found = _SHAPE.fullmatch(header)
    if found is None or abs(at - int(found[1])) > TOLERANCE:
        return False
    return hmac.compare_digest(found[2], _hex(secret, int(found[1]), body))


def _hex(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
