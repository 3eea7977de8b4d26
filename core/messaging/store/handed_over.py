"""SQL of texts at the moment of hand-over: their row at the first attempt, their wording at later ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, UpdateOne
from core.db.sealing import sealed_rows
from core.domain.ids import new_id
from core.messaging.rules.statuses import RANKS
from core.messaging.store.texts import of_actions
from core.messaging.tables import attempts, sms_messages


@dataclass(frozen=True)
class OutText:
    """A text at the moment of hand-over."""

    action_id: str
    attempt: int
    lead_id: str | None
    patient_id: str | None
    staff_id: str | None
    origin: str  # automatic, staff, staff_alert
    purpose: str
    template: str | None
    phone: str
    phone_index: str
    body: str
    segments: int
    # Where it is a template's wording; `neutral`: what it says to who has not asked for health information.
    template_version: int | None = None
    language: str | None = None
    neutral: bool | None = None
    variant: str | None = None  # of the experiment that it goes by


_AGAIN = UpdateOne(sms_messages)
_NEW_TEXTS = Bulk(
    insert(sms_messages),
    (
        "id",
        "patient_id",
        "lead_id",
        "direction",
        "origin",
        "message_body",
        "segments",
        "template_id",
        "template_version",
        "language",
        "neutral",
        "variant",
        "purpose",
        "phone",
        "phone_index",
        "status",
        "status_rank",
        "action_id",
        "staff_id",
        "media_count",
        "created_at",
    ),
)


def rows_of(session: Session, texts: Sequence[OutText], now: datetime) -> Sequence[Mapping[str, Any]]:
    """The row of each text at its first attempt, sealed."""
    first = [_out_row(text, now) for text in texts if text.attempt == 1]
    return sealed_rows(session, sms_messages, first)


def hand_over(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows that `rows_of` made: nothing is asked of the database any more."""
    _NEW_TEXTS.run(session, rows)


def reword(session: Session, texts: Sequence[OutText], now: datetime) -> None:
    """The wording of later attempts, written anew."""
    again = {text.action_id: text for text in texts if text.attempt > 1}
    for row in of_actions(session, list(again)):
        _AGAIN.run(session, row.id, **_reworded(again[row.action_id or ""]), created_at=now)


def _reworded(text: OutText) -> dict[str, Any]:
    return {
        "message_body": text.body,
        "segments": text.segments,
        "template_version": text.template_version,
        "language": text.language,
        "neutral": text.neutral,
        "variant": text.variant,
        "status": "handing_over",
        "status_rank": RANKS["handing_over"],
        "error_code": None,
    }


def _out_row(text: OutText, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "patient_id": text.patient_id,
        "lead_id": text.lead_id,
        "direction": "outbound",
        "origin": text.origin,
        "message_body": text.body,
        "segments": text.segments,
        "template_id": text.template,
        "template_version": text.template_version,
        "language": text.language,
        "neutral": text.neutral,
        "variant": text.variant,
        "purpose": text.purpose,
        "phone": text.phone,
        "phone_index": text.phone_index,
        "status": "handing_over",
        "status_rank": RANKS["handing_over"],
        "action_id": text.action_id,
        "staff_id": text.staff_id,
        "media_count": 0,
        "created_at": now,
    }


def last_handed_over(session: Session, action_id: str) -> datetime | None:
    """When its last attempt came to an end, or began where it has none yet; None for what was never handed over."""
    at = func.coalesce(attempts.c.finished_at, attempts.c.started_at)
    newest = select(at).where(attempts.c.action_id == action_id).order_by(attempts.c.number.desc()).limit(1)
    return session.execute(newest).scalar()
