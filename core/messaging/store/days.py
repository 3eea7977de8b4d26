"""SQL of what became of the texts of one day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, case, func, select
from sqlalchemy.orm import Session

from core.messaging.tables import sms_messages

S = sms_messages.c
LAST_TEXT_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class TextsOfDay:
    """Texts of one template and purpose. `failed` holds refused ones too, which were never handed over."""

    template: str
    purpose: str
    handed_over: int
    delivered: int
    failed: int
    segments: int


def texts_of_day(session: Session, start: datetime, end: datetime) -> list[TextsOfDay]:
    """Outbound texts from `start` up to `end`, in a fixed order."""
    template = func.coalesce(S.template_id, "")
    taken = S.twilio_sid.is_not(None)
    statement = (
        select(
            template,
            S.purpose,
            _how_many(taken),
            _how_many(S.status.in_(("delivered", "read"))),
            _how_many(S.status.in_(("failed", "undelivered"))),
            func.sum(case((taken, S.segments), else_=0), type_=Integer),
        )
        .where(S.created_at >= start, S.created_at < end, S.direction == "outbound")
        .group_by(template, S.purpose)
        .order_by(template, S.purpose)
    )
    found = [TextsOfDay(*row) for row in session.execute(statement)]
    return [texts for texts in found if texts.handed_over or texts.failed]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer)


def first_text_at(session: Session) -> datetime | None:
    """When the first text of all came or went."""
    return session.execute(select(S.created_at).order_by(S.created_at).limit(1)).scalar_one_or_none()


def last_before(session: Session, phone_index: str, moment: datetime) -> tuple[str, str] | None:
    """(template, purpose) of the last text that a number was sent before `moment`."""
    statement = (
        select(func.coalesce(S.template_id, ""), S.purpose)
        .where(S.phone_index == phone_index, S.created_at <= moment)
        .where(S.created_at > moment - LAST_TEXT_WITHIN, S.direction == "outbound")
        .where(S.twilio_sid.is_not(None), S.purpose != "reply")
        .order_by(S.created_at.desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return (found[0], found[1]) if found else None
