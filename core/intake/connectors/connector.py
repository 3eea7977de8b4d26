"""What a connector is: a name and two functions."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.intake.draft import Delivery, Draft


@dataclass(frozen=True)
class Connector:
    """One kind of sender.

    `verify(body, headers, secret)` says whether the signature over the raw bytes proves the sender; it is asked
    only where a secret is set, and None for a sender that signs nothing. `read(delivery)` finds the fields and the
    sender's own id of the form, and raises UnreadablePayload for what its sender never sends. `signs` tells
    whether a new installation gets a secret. `accepts_garbage`: what can't be read is answered with success and
    kept for staff, because this vendor drops the form or switches the webhook off after a refusal.
    """

    name: str
    verify: Callable[[bytes, Mapping[str, str], str], bool] | None
    read: Callable[[Delivery], Draft]
    signs: bool
    accepts_garbage: bool


def hex_hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def base64_hmac(secret: str, message: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def same(one: str, other: str) -> bool:
    """Compared in constant time; whatever is not ASCII differs."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
