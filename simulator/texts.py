"""One text as the provider keeps it, in either direction, and the pictures that belong to it."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, cast
from urllib.parse import parse_qsl, urlsplit

ACTION_PARAMS = ("action", "action_id", "aid", "mid", "id")


class Origin(StrEnum):
    """Who wrote it: the REST API, the webhook's TwiML answer, the provider itself, or the phone's owner."""

    API = "api"
    TWIML = "twiml"
    PROVIDER = "provider"
    PHONE = "phone"


class Status(StrEnum):
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    RECEIVED = "received"


FINAL = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.FAILED, Status.CANCELED, Status.RECEIVED})


@dataclass(frozen=True, slots=True)
class Media:
    """A picture. Its bytes lie in the media folder; `url` is set where a text points at someone else's.

    `removed` is deleted at the provider: the REST API no longer knows it, the phone still shows it.
    """

    sid: str
    content_type: str
    url: str = ""
    removed: bool = False


class Changes(TypedDict, total=False):
    """What can still change on a text once it is accepted."""

    status: Status
    error_code: int | None
    sent_at: datetime | None
    updated_at: datetime
    delivered_at: datetime | None
    redacted: bool
    deleted: bool
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """`created_at`, `updated_at`, `sent_at` are the shared clock's; `accepted_at`, `delivered_at` are real.

    `ends_as` and `ends_with` are what its delivery will come to, decided when it is accepted so that a
    restart does not decide again.
    """

    sid: str
    origin: Origin
    to: str
    sender: str
    body: str
    status: Status
    created_at: datetime
    updated_at: datetime
    accepted_at: datetime
    segments: int = 1
    service_sid: str = ""
    callback: str = ""
    media: tuple[Media, ...] = ()
    sent_at: datetime | None = None
    send_at: datetime | None = None
    delivered_at: datetime | None = None
    error_code: int | None = None
    ends_as: Status = Status.DELIVERED
    ends_with: int | None = None
    redacted: bool = False
    deleted: bool = False

    @property
    def inbound(self) -> bool:
        return self.origin is Origin.PHONE

    @property
    def phone(self) -> str:
        """The patient's number, whichever way the text went."""
        return self.sender if self.inbound else self.to

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def action_id(self) -> str | None:
        """The sender's own id, carried in the status callback's query."""
        query = dict(parse_qsl(urlsplit(self.callback).query))
        named = next((query[name] for name in ACTION_PARAMS if name in query), None)
        return named or next(iter(query.values()), None)


def new_sid(prefix: str) -> str:
    """`SM`, `MM` or `ME` and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def text_to_json(text: Text) -> dict[str, Any]:
    """A flat document without the fields at their defaults, times in ISO 8601."""
    document = {name: value for name, value in asdict(text).items() if value not in (None, "", False, ())}
    return {name: _plain(value) for name, value in document.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def text_from_json(document: dict[str, Any]) -> Text:
    """The text that `text_to_json` wrote. Raises KeyError or ValueError where it is not one."""
    fields = dict(document)
    fields["origin"] = Origin(fields["origin"])
    fields.update(changes_from_json({name: fields.pop(name) for name in list(fields) if name in CHANGED}))
    for name in ("created_at", "accepted_at", "send_at"):
        if fields.get(name):
            fields[name] = datetime.fromisoformat(fields[name])
    fields["ends_as"] = Status(fields.get("ends_as", Status.DELIVERED))
    fields.setdefault("body", "")
    return Text(**fields)


CHANGED = frozenset(Changes.__annotations__)


def changes_from_json(document: dict[str, Any]) -> Changes:
    changes: dict[str, Any] = dict(document)
    for name in ("sent_at", "updated_at", "delivered_at"):
        if changes.get(name):
            changes[name] = datetime.fromisoformat(changes[name])
    if "status" in changes:
        changes["status"] = Status(changes["status"])
    if "media" in changes:
        changes["media"] = tuple(Media(**item) for item in changes["media"])
    return cast(Changes, changes)


def changes_to_json(changes: Changes) -> dict[str, Any]:
    document: dict[str, Any] = {name: _plain(value) for name, value in changes.items()}
    if "media" in changes:
        document["media"] = [asdict(item) for item in changes["media"]]
    return document
