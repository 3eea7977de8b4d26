"""SQL of corrected readings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.conversation.tables import alarms, reading_corrections
from core.domain.ids import new_id

C = reading_corrections.c


@dataclass(frozen=True)
class Correction:
    """Somebody said that a text means something else."""

    was: str
    becomes: str
    staff_id: str
    at: datetime


def of_text(session: Session, text_id: str) -> list[Correction]:
    """Every correction of one text, oldest first."""
    rows = session.execute(
        select(C.was, C.becomes, C.staff_id, C.at).where(C.text_id == text_id).order_by(C.at, C.id)
    )
    return [Correction(*row) for row in rows]


def keep(session: Session, text_id: str, lead_id: str, correction: Correction) -> None:
    """Append one."""
    row = {"id": new_id(correction.at), "text_id": text_id, "lead_id": lead_id} | vars(correction)
    session.execute(insert(reading_corrections).values(**row))


def raised_urgency(session: Session, text_id: str) -> bool:
    """Whether an alarm that this text raised still makes its lead urgent."""
    c = alarms.c
    found = select(c.id).where(c.text_id == text_id, c.ended_at.is_(None)).limit(1)
    return session.execute(found).first() is not None
