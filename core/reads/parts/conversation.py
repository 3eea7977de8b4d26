"""Parts of a conversation that the lead's page and the queue's panel show: pictures, and texts by hand that wait."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.store.conversation import SCHEDULED, UNTIL_REPLY
from core.messaging.tables import sms_messages, text_media, timed_actions

M, A = sms_messages.c, timed_actions.c
TAKEN_BACK = ("cancelled_by_staff", "edited_by_staff")


@dataclass(frozen=True)
class Picture:
    """A received file. `ready` once it is kept here; `refused` says why it never will be."""

    id: str
    content_type: str
    ready: bool
    refused: str = ""


@dataclass(frozen=True)
class Waiting:
    """A text that a person wrote and that has not been handed over. `reason` says what holds or stopped it.

    `scheduled`: planned for a moment that they chose; `until_reply`: the patient's next text stops it.
    """

    id: str
    body: str
    state: str
    due_at: datetime
    reason: str
    staff_id: str | None
    staff: str | None
    created_at: datetime
    scheduled: bool = False
    until_reply: bool = False


def pictures(session: Session, text_ids: Sequence[str]) -> dict[str, tuple[Picture, ...]]:
    """The pictures of each text that has some, in order."""
    c = text_media.c
    if not text_ids:
        return {}
    rows = session.execute(
        select(c.text_id, c.id, c.content_type, c.fetched_at, c.refused)
        .where(c.text_id.in_(text_ids))
        .order_by(c.text_id, c.position)
    )
    found: dict[str, list[Picture]] = defaultdict(list)
    for text_id, id_, content_type, fetched_at, refused in rows:
        found[text_id].append(Picture(id_, content_type, fetched_at is not None, refused or ""))
    return {text_id: tuple(pictures) for text_id, pictures in found.items()}


def waiting(session: Session, lead_id: str, names: Mapping[str, str]) -> tuple[Waiting, ...]:
    """Manual texts without a row of their own yet; one that was taken back or changed is nobody's business any more."""
    has_text = select(M.id).where(M.action_id == A.id).exists()
    rows = session.execute(
        select(A.id, A.body, A.state, A.due_at, A.reason, A.staff_id, A.created_at, A.variables)
        .where(A.lead_id == lead_id, A.purpose == "manual", ~has_text)
        .where(A.reason.not_in(TAKEN_BACK))
        .order_by(A.created_at)
    )
    return tuple(
        Waiting(
            row.id, row.body or "", row.state, row.due_at, row.reason, row.staff_id,
            names.get(row.staff_id or ""), row.created_at, SCHEDULED in row.variables, UNTIL_REPLY in row.variables,
        )
        for row in rows
    )  # fmt: skip
