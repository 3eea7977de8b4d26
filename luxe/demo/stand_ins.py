"""Time and provider for telling today's open leads through the product's own flows. Nothing leaves the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from core.domain.ports import Outcome, OutgoingText, ProviderText, ProviderUnavailable, SendResult

CODES_OF_FAILURE = frozenset({21610, 21614})  # refused at once; others fail on the way


@dataclass
class StoryClock:
    """Time that the story moves."""

    moment: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.moment


@dataclass
class PaperPhones:
    """A provider that takes every text and sends none. `codes`: what the carrier says, by number."""

    sender: str
    dice: Random
    codes: Mapping[str, int] = field(default_factory=dict)

    async def send(self, text: OutgoingText) -> SendResult:
        return self.take(text)

    async def aclose(self) -> None:
        """Nothing is kept open."""

    def take(self, text: OutgoingText) -> SendResult:
        """What `send` does, for a story that is told without an event loop."""
        code = self.codes.get(text.to)
        if code in CODES_OF_FAILURE:
            return SendResult(Outcome.REFUSED, code=code, detail="refused")
        return SendResult(Outcome.ACCEPTED, sid=f"SM{self.dice.getrandbits(128):032x}", status="queued")

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        raise ProviderUnavailable(f"nobody keeps a list of what {to[:2]}... got since {since:%H:%M}")

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        raise ProviderUnavailable(f"nobody keeps a list of {limit} texts from {since:%H:%M} to {until}")

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        raise ProviderUnavailable(f"no story has pictures, asked for those of {sid[:2]}...")

    def account_status(self) -> str:
        return "active"

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        raise ProviderUnavailable(f"no story has pictures, asked for {len(url)} characters")

    def delete_media(self, url: str) -> None:
        raise ProviderUnavailable(f"no story has pictures, asked to delete {len(url)} characters")
