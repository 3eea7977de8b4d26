"""Which variant a patient gets. Pure.

A keyed hash of the experiment and the patient (HMAC-SHA256, RFC 2104) decides: the same patient gets the same variant
whenever they are asked for, no two experiments agree with one another, and nobody without the key can tell or choose.
What is kept is the variant's key: nothing here identifies anybody. By patient, never by form or by text.
"""

import hashlib
import hmac
from collections.abc import Mapping
from itertools import accumulate

from core.domain.errors import InvalidInput

WHOLE = 100  # percent
BITS = 64


def assign(secret: bytes, experiment_id: str, patient_id: str, shares: Mapping[str, int]) -> str:
    """The key of one variant. `shares`: percent by key, adding up to 100, in the order that was fixed at the start.

    Raises InvalidInput(secret, shares).
    """
    if not secret:
        raise InvalidInput.of("secret", "Without a key anybody could work out who gets what.")
    if sum(shares.values()) != WHOLE or any(percent < 1 for percent in shares.values()):
        raise InvalidInput.of("shares", "Shares are whole percents of 1 or more and add up to 100.")
    percentile = _hash(secret, experiment_id, patient_id) * WHOLE >> BITS
    ends = accumulate(shares.values())
    return next(key for key, end in zip(shares, ends, strict=True) if percentile < end)


def _hash(secret: bytes, experiment_id: str, patient_id: str) -> int:
    """A number below 2^64, each as likely as any other. Ids have no zero byte, so the two never run together."""
    message = f"experiment\0{experiment_id}\0{patient_id}".encode()
    return int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[: BITS // 8])
