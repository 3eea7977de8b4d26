"""Stand-ins that tests and the demo share: real code with the real contract, no network."""

import base64
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.domain.ports import (
    Browser,
    Hook,
    Notice,
    Outcome,
    OutgoingEmail,
    OutgoingText,
    ProviderText,
    ProviderUnavailable,
    SendResult,
)

# A single red dot.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


@dataclass
class FakeClock:
    """Time that moves only when told to."""

    moment: datetime = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 10:00 in New York
    speed: float = 1.0

    def now(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> datetime:
        self.moment += span
        return self.moment


Answer = Callable[[OutgoingText], SendResult | None]


@dataclass
class FakeSms:
    """A provider in memory. `answer` may return another result for a text, or None for the usual one.

    An UNKNOWN result with a sid means: accepted, but the answer was lost.
    """

    clock: FakeClock
    sender: str = "+15125550100"
    answer: Answer = field(default=lambda _text: None)
    accepted: list[tuple[OutgoingText, str, datetime]] = field(default_factory=list)
    down: bool = False
    inbound: list[ProviderText] = field(default_factory=list)  # what patients wrote, whoever was told
    reports: dict[str, tuple[str, int | None]] = field(default_factory=dict)  # sid -> (status, error code)
    pictures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    media: dict[str, tuple[str, bytes] | Exception] = field(default_factory=dict)  # by url; else a dot
    deleted: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def send(self, text: OutgoingText) -> SendResult:
        return self.take(text)

    async def aclose(self) -> None:
        """Nothing is kept open."""

    def take(self, text: OutgoingText) -> SendResult:
        """What `send` does, for a story that is told without an event loop."""
        special = self.answer(text)
        if special is not None and special.outcome is not Outcome.ACCEPTED and special.sid is None:
            return special
        with self._lock:
            sid = f"SM{len(self.accepted) + 1:032x}"
            self.accepted.append((text, sid, self.clock.now()))
        return (
            SendResult(special.outcome, detail="answer lost")
            if special
            else SendResult(Outcome.ACCEPTED, sid, "queued")
        )

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        if self.down:
            raise ProviderUnavailable("down")
        return [text for text in self._outbound() if text.to == to and text.created_at >= since]

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        if self.down:
            raise ProviderUnavailable("down")
        last = until or self.clock.now()
        both = (*reversed(self.inbound), *self._outbound())
        every = [text for text in both if since <= text.created_at <= last]
        return sorted(every, key=lambda text: text.created_at, reverse=True)[:limit]

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        if self.down:
            raise ProviderUnavailable("down")
        return self.pictures.get(sid, [])

    def _outbound(self) -> list[ProviderText]:
        """Newest first, as the provider lists them."""
        return [
            ProviderText(sid, t.to, self.sender, t.body, status, at, code)
            for t, sid, at in reversed(self.accepted)
            for status, code in [self.reports.get(sid, ("sent", None))]
        ]

    def account_status(self) -> str:
        if self.down:
            raise ProviderUnavailable("down")
        return "active"

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        if self.down or not url:
            raise ProviderUnavailable("down")
        found = self.media.get(url, ("image/png", PICTURE))
        if isinstance(found, Exception):
            raise found
        return found

    def delete_media(self, url: str) -> None:
        if self.down:
            raise ProviderUnavailable("down")
        self.deleted.append(url)

    def bodies_to(self, phone: str) -> list[str]:
        """What reached one phone, in order."""
        return [text.body for text, _, _ in self.accepted if text.to == phone]


@dataclass
class FakeEmail:
    """A mail server in memory. `answer` may return another result for an email, or None for the usual one.

    An UNKNOWN result means: it was taken, but the answer was lost.
    """

    sender: str = "hello@luxe.example.com"
    answer: Callable[[OutgoingEmail], SendResult | None] = field(default=lambda _email: None)
    accepted: list[OutgoingEmail] = field(default_factory=list)

    def send(self, email: OutgoingEmail) -> SendResult:
        result = self.answer(email) or SendResult(Outcome.ACCEPTED, f"<{email.action_id}@luxe>", "sent")
        if result.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            self.accepted.append(email)
        return result

    def close(self) -> None:
        """Nothing is kept open."""

    def to(self, address: str) -> list[OutgoingEmail]:
        """What reached one address, in order."""
        return [email for email in self.accepted if email.to == address]


@dataclass
class FakePush:
    """Push services in memory. `answer` may return another result for a browser, or None for the usual one."""

    public_key: str = "B" + "A" * 86
    answer: Callable[[Browser], SendResult | None] = field(default=lambda _browser: None)
    shown: list[tuple[Browser, Notice]] = field(default_factory=list)

    def send(self, browser: Browser, notice: Notice) -> SendResult:
        result = self.answer(browser) or SendResult(Outcome.ACCEPTED, status="sent", code=201)
        if result.outcome is Outcome.ACCEPTED:
            self.shown.append((browser, notice))
        return result


@dataclass
class FakeChat:
    """Chat tools in memory. `answer` may return another result for an address, or None for the usual one."""

    answer: Callable[[str], SendResult | None] = field(default=lambda _address: None)
    posted: list[tuple[str, Notice]] = field(default_factory=list)

    def send(self, address: str, notice: Notice) -> SendResult:
        result = self.answer(address) or SendResult(Outcome.ACCEPTED, status="sent")
        if result.outcome is Outcome.ACCEPTED:
            self.posted.append((address, notice))
        return result


@dataclass
class FakeWebhooks:
    """Receivers of webhooks in memory. `answer` may return another result for a hook, or None for the usual one."""

    answer: Callable[[Hook], SendResult | None] = field(default=lambda _hook: None)
    asked: list[Hook] = field(default_factory=list)
    taken: list[Hook] = field(default_factory=list)

    def send(self, hook: Hook) -> SendResult:
        self.asked.append(hook)
        result = self.answer(hook) or SendResult(Outcome.ACCEPTED, status="taken", code=200)
        if result.outcome is Outcome.ACCEPTED:
            self.taken.append(hook)
        return result
