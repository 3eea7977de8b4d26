"""SQL of how many texts want a person."""

from datetime import datetime

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import State
from core.messaging.store_resend import PREFIX
from core.messaging.tables import sms_messages, timed_actions

A, S = timed_actions.c, sms_messages.c
# Word for word the condition of the partial index of failed texts.
_FAILED = text("sms_messages.status IN ('failed', 'undelivered')")


def for_a_person(session: Session, since: datetime) -> int:
    """Texts to patients that failed since then and were not sent again, and those of a fate that stays unknown."""
    again = timed_actions.alias("again")
    first = PREFIX + S.action_id + ":1"
    failed = select(func.count()).where(
        _FAILED,
        S.created_at >= since,
        S.origin.in_(("automatic", "staff")),
        ~exists().where(again.c.key == first),
    )
    unknown = select(func.count()).where(is_word(A.state, State.UNKNOWN), A.verify_at.is_(None))
    return int(session.execute(failed).scalar_one()) + int(session.execute(unknown).scalar_one())
