"""The audit trail's line of what one colleague did about another, or about themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.audit import store as audit


def note(
    session: Session, by: str, action: str, subject: str, origin: str, now: datetime, **detail: Any
) -> None:
    """`by`: whose act it is. `subject`: whom it is about. `origin`: from where."""
    audit.note(
        session,
        staff_id=by,
        action=action,
        subject=subject,
        origin=origin,
        detail=detail,
        now=now,
    )
