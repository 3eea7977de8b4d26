"""Words and values of timed actions, free of SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

TEXT, EMAIL, PUSH, CHAT, WEBHOOK = "text", "email", "push", "chat", "webhook"
LEAVES = (TEXT, EMAIL, PUSH, CHAT, WEBHOOK)  # the kinds that leave the house; all others happen in it
NOTICES = (PUSH, CHAT)  # to staff only: a browser of theirs, a chat tool
EMAIL_LANE = 3  # beside those of texts, which never look at it: a slow mail server holds up no text
# The same for notices. What is urgent has a lane of its own: a breaker lets it through, as it does such a text.
URGENT_NOTICE_LANE, NOTICE_LANE = 4, 5
NOTICE_LANES = (URGENT_NOTICE_LANE, NOTICE_LANE)
WEBHOOK_LANE = 6  # to other systems of the clinic's, and beside all of these


class Lane(IntEnum):
    """Who goes first when everything is due at once."""

    URGENT = 0
    INSTANT = 1
    BULK = 2


def lane_of(kind: str, lane: Lane) -> int:
    """The lane that an action of this kind waits in."""
    if kind in NOTICES:
        return URGENT_NOTICE_LANE if lane is Lane.URGENT else NOTICE_LANE
    if kind == WEBHOOK:
        return WEBHOOK_LANE
    return EMAIL_LANE if kind == EMAIL else int(lane)


def as_text_lane(lane: int) -> Lane:
    """The lane in which the same goes by text."""
    if lane in NOTICE_LANES:
        return Lane.URGENT if lane == URGENT_NOTICE_LANE else Lane.INSTANT
    return Lane.INSTANT if lane == EMAIL_LANE else Lane(lane)


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
    sequence: str | None = None
    step: str | None = None
    window: str | None = None
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
    sequence: str | None
    step: str | None
    window: str | None
    conditions: tuple[str, ...]
    template: str | None
    variables: Mapping[str, str]
    phone: str | None
    phone_index: str | None
    body: str | None
    attempt: int
    reason: str


def first_claim(action: NewAction, *, phone_index: str | None) -> Claimed:
    """An action as the dispatcher will see it at its first try: for previews and dry runs. Its key is its id."""
    return Claimed(
        id=action.key,
        kind=action.kind,
        lane=int(action.lane),
        purpose=action.purpose,
        audience=action.audience,
        planned_for=action.planned_for or action.due_at,
        useful_until=action.useful_until,
        lead_id=action.lead_id,
        patient_id=action.patient_id,
        staff_id=action.staff_id,
        enrollment_id=action.enrollment_id,
        sequence=action.sequence,
        step=action.step,
        window=action.window,
        conditions=action.conditions,
        template=action.template,
        variables=action.variables,
        phone=action.phone,
        phone_index=phone_index,
        body=action.body,
        attempt=1,
        reason="",
    )


def unplanned(
    purpose: Purpose,
    *,
    lead_id: str,
    patient_id: str,
    phone_index: str | None,
    planned_for: datetime,
    lane: Lane = Lane.BULK,
    useful_until: datetime | None = None,
    staff_id: str | None = None,
    phone: str | None = None,
    body: str | None = None,
) -> Claimed:
    """A text to a patient that nobody has planned, as it would meet the decision at hand-over: for previews."""
    return Claimed(
        id="",
        kind="text",
        lane=lane,
        purpose=purpose,
        audience="patient",
        planned_for=planned_for,
        useful_until=useful_until,
        lead_id=lead_id,
        patient_id=patient_id,
        staff_id=staff_id,
        enrollment_id=None,
        sequence=None,
        step=None,
        window=None,
        conditions=(),
        template=None,
        variables={},
        phone=phone,
        phone_index=phone_index,
        body=body,
        attempt=1,
        reason="",
    )
