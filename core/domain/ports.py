"""What the core asks of the outside world. Adapters implement these; fakes are adapters too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class OutgoingText:
    """One call to the provider. `action_id` and `attempt` ride on the status callback and come back to us."""

    action_id: str
    attempt: int
    to: str
    body: str


class Outcome(StrEnum):
    """What is known after a call."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: the number, the wording or the account is at fault
    RETRY = "retry"  # refused for now, and certainly not sent
    UNKNOWN = "unknown"  # the answer was lost: it may have been sent


@dataclass(frozen=True)
class SendResult:
    """The provider's answer. `sid` only when accepted; `code` is the provider's error code or HTTP status."""

    outcome: Outcome
    sid: str | None = None
    status: str | None = None
    code: int | None = None
    retry_after: float | None = None  # seconds that the provider asked us to wait
    slow_down: bool = False  # too many at once: the whole sender should rest, not only this text
    detail: str = ""


@dataclass(frozen=True)
class ProviderText:
    """One line of the provider's own list, for reconciliation."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    created_at: datetime
    error_code: int | None = None
    inbound: bool = False
    pictures: int = 0


class SmsProvider(Protocol):
    """Texts. Methods are called from several threads and never inside a database transaction; only `send` is async."""

    sender: str

    async def send(self, text: OutgoingText) -> SendResult:
        """Hand one text over, from one event loop. Never raises for an answer of the provider: that is a SendResult."""
        ...

    async def aclose(self) -> None:
        """Close the connections that `send` kept."""
        ...

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        """Outbound texts to one number made at or after `since`, newest first. Raises ProviderUnavailable."""
        ...

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        """Texts to and from our sender in a stretch of time, newest first, at most `limit` of them.

        An answer of `limit` texts may not reach back to `since`: ask again with `until`, which is inclusive.
        Raises ProviderUnavailable.
        """
        ...

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        """(url for fetch_media, content type) of each picture of a received text. Raises ProviderUnavailable."""
        ...

    def account_status(self) -> str:
        """The provider's word for the account, 'active' when all is well. Raises ProviderUnavailable."""
        ...

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        """(content type, bytes) of a received picture. Raises ProviderUnavailable."""
        ...


class ProviderUnavailable(Exception):
    """The provider could not be asked. Nothing is known; ask again later."""
