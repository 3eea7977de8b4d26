"""SQL of who opted out on one day."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.compliance.tables import consents
from core.db.types import is_word


def opted_out_on_day(session: Session, start: datetime, end: datetime) -> dict[str, datetime]:
    """Numbers that opted out from `start` up to `end`, and when first; a second STOP is no second opt-out."""
    c = consents.c
    statement = (
        select(c.phone_index, func.min(c.at))
        .where(is_word(c.action, "revoke"), c.at >= start, c.at < end)
        .group_by(c.phone_index)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
