"""Words and values of timed actions, free of SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Lane(IntEnum):
    """Who goes first when everything is due at once."""

    URGENT = 0
    INSTANT = 1
    BULK = 2


class State(StrEnum):
    """Where an action stands. `planned` is the only one that can be cancelled."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why a text is sent; the rules of consent and hours follow from it."""

    CONFIRMATION = "confirmation"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"
    REPLY = "reply"
    STAFF_ALERT = "staff_alert"
    MANUAL = "manual"


@dataclass(frozen=True)
class NewAction:
    """An intention. `key` names it for good: planning the same key twice plans it once."""

    key: str
    kind: str
    due_at: datetime
    purpose: Purpose
    lane: Lane = Lane.BULK
    audience: str = "patient"
    useful_until: datetime | None = None
    lead_id: str | None = None
    patient_id: str | None = None
    staff_id: str | None = None
    enrollment_id: str | None = None
    step: str | None = None
    conditions: tuple[str, ...] = ()
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    body: str | None = None
    planned_for: datetime | None = None  # where it was owed earlier than it can be due


@dataclass(frozen=True)
class Claimed:
    """A due action in the hands of one scheduler. (`owner`, `attempt`) fences every later write about it."""

    id: str
    kind: str
    lane: int
    purpose: Purpose
    audience: str
    planned_for: datetime
    useful_until: datetime | None
    lead_id: str | None
    patient_id: str | None
    staff_id: str | None
    enrollment_id: str | None
    step: str | None
    conditions: tuple[str, ...]
    template: str | None
    variables: Mapping[str, str]
    phone: str | None
    phone_index: str | None
    body: str | None
    attempt: int
    reason: str
