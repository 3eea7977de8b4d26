"""Requests as Twilio makes them: form-encoded, signed with the account's token over address and content."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator


@dataclass(frozen=True)
class SignedRequest:
    """A POST ready to be sent, and sent again: a repeat carries the same idempotency token."""

    url: str
    body: bytes
    headers: dict[str, str]


class Signer:
    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def sign(self, url: str, params: dict[str, str]) -> SignedRequest:
        """Signs the whole address with its query; a `#rc=2` override is the provider's and never sent."""
        address = url.partition("#")[0]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": self._validator.compute_signature(address, params),
        }
        return SignedRequest(address, urlencode(params).encode(), headers)
