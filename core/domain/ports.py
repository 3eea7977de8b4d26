"""What the core asks of the outside world. Adapters implement these; fakes are adapters too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from core.domain.errors import LuxeError


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


@dataclass(frozen=True)
class Invite:
    """What an email puts into a calendar (RFC 6047). `method`: REQUEST or CANCEL; `content`: of VCALENDAR."""

    method: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class OutgoingEmail:
    """One email. Its Message-ID follows from `action_id`, so that each try of it is the same email.

    `body` is plain text. `unsubscribe_url` is where one click ends marketing, '' for an email that is none.
    """

    action_id: str
    attempt: int
    to: str
    subject: str
    body: str
    sent_at: datetime
    language: str = "en"
    unsubscribe_url: str = ""
    from_name: str = ""  # beside the address that it comes from; '' for the usual one
    invite: Invite | None = None


BOUNCED = "bounced"  # the status of a refusal that says: this address takes nothing


class EmailProvider(Protocol):
    """Emails. Called from one thread and never inside a database transaction; `sender` is '' where none is set up."""

    sender: str

    def send(self, email: OutgoingEmail) -> SendResult:
        """Hand one over; takes seconds. Never raises for an answer of the server: `code` is its reply, `status` BOUNCED
        where the address is dead. UNKNOWN: the line was lost after the content was sent; SMTP can't be asked later."""
        ...

    def close(self) -> None:
        """Close the connection that `send` kept."""
        ...


@dataclass(frozen=True)
class Fetched:
    """What lies at the address of a calendar. `content` None: what was there when it said `etag`."""

    content: bytes | None
    etag: str


@dataclass(frozen=True)
class Frame:
    """What is looked for in a calendar: `since` to `until`; `zone` is the wall of what names no zone of its own, `own`
    what ends the UID of entries that are ours."""

    zone: ZoneInfo
    since: datetime
    until: datetime
    own: str = ""


class CalendarSource(Protocol):
    """Calendars elsewhere. Called from threads and never inside a transaction."""

    def fetch(self, url: str, etag: str) -> Fetched:
        """One look, within seconds and megabytes (core/domain/feeds.py), at public addresses alone. `etag` '' for all
        of it. Raises FeedTrouble."""
        ...


GONE = "gone"  # the status of a refusal that says: this browser takes nothing any more


@dataclass(frozen=True)
class Notice:
    """What a member of staff is told on a screen of theirs; no word of it is a patient's.

    `topic`: a newer one replaces an older that was not shown yet. `useful_for`: seconds, afterwards it is dropped.
    """

    title: str
    body: str
    url: str
    topic: str
    urgent: bool
    useful_for: int


@dataclass(frozen=True)
class Browser:
    """Where a push goes: the `endpoint` at its maker's push service, and keys as the browser gave them (base64url)."""

    id: str
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


class PushProvider(Protocol):
    """Web push. Called from threads and never inside a transaction; `public_key` is '' where it is not set up."""

    public_key: str  # by which browsers know us, as they take it (base64url)

    def send(self, browser: Browser, notice: Notice) -> SendResult:
        """Hand one over within a few seconds. Never raises for an answer: ACCEPTED, RETRY, or REFUSED, with status
        GONE where the browser is there no more."""
        ...


class ChatProvider(Protocol):
    """Messages in chat tools. Called from threads and never inside a transaction."""

    def send(self, address: str, notice: Notice) -> SendResult:
        """Hand one over within some seconds; REFUSED for an address that is not allowed, RETRY for what else fails."""
        ...


@dataclass(frozen=True)
class Hook:
    """One webhook out. `url` and `secret` are keys to its receiver."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    body: str


class WebhookProvider(Protocol):
    """Webhooks out. Called from threads and never inside a transaction."""

    def send(self, hook: Hook) -> SendResult:
        """Hand one over, signed, within ten seconds. Never raises: ACCEPTED for a 2xx, RETRY for all else, with the
        status as `code` or, where there was no answer, a word in `detail`."""
        ...


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
        """(announced type, content) of a received file of 10 MB at most. Raises FileRefused, ProviderUnavailable."""
        ...

    def delete_media(self, url: str) -> None:
        """Have the provider delete its copy of a file, which may be gone. Raises FileRefused, ProviderUnavailable."""
        ...


class FileRefused(Exception):
    """A received file that is never fetched: `why` is too_large, or elsewhere (it does not lie at the provider)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Redrawn:
    """A picture of which only the pixels are left."""

    content_type: str
    content: bytes


class CantRedraw(Exception):
    """`why`: damaged, or huge (it would unpack to more than any photo)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ProviderUnavailable(Exception):
    """The provider could not be asked. Nothing is known; ask again later."""


class OutOfReach(LuxeError, OSError):
    """A bucket can't be used now. The message names the setting and what to do; never a key."""


@dataclass(frozen=True)
class Kept:
    """A file in a bucket; `size` in bytes."""

    name: str
    size: int


class Bucket(Protocol):
    """Files outside this machine, all under one address. No method holds more than a few MB in memory.

    Each raises OutOfReach; `get` and `remove` FileNotFoundError where there is no such file.
    """

    def put(self, name: str, file: Path) -> None:
        """Keep a file, whole or not at all; read again and compared before this returns."""
        ...

    def get(self, name: str, file: Path) -> None:
        """Write what is kept into `file`, in one state however often it is replaced."""
        ...

    def kept(self) -> list[Kept]:
        """What lies there, by name; nothing of what lies deeper."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file."""
        ...
