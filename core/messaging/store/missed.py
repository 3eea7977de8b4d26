"""SQL of what we know of texts that the provider lists, and of those that we never heard the end of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messaging.rules.send_hold_drop import RANKS
from core.messaging.tables import sms_messages

S = sms_messages.c


def ranks(session: Session, sids: Sequence[str]) -> dict[str, int]:
    """How far each text got with us, by sid; absent where we have no such text."""
    rows = session.execute(select(S.twilio_sid, S.status_rank).where(S.twilio_sid.in_(sids)))
    return {row.twilio_sid: row.status_rank for row in rows}


@dataclass(frozen=True)
class Unfinished:
    """A text that the provider took, and whose end we do not know. `status_rank` is how far it got."""

    sid: str
    phone: str
    created_at: datetime
    status_rank: int


def unfinished(session: Session, after: datetime, until: datetime, limit: int) -> list[Unfinished]:
    """Texts handed over after `after` and up to `until` that are not over yet, oldest first."""
    statement = (
        select(S.twilio_sid, S.phone, S.created_at, S.status_rank)
        .where(S.created_at > after, S.created_at <= until, S.direction == "outbound")
        .where(S.status_rank < RANKS["delivered"], S.twilio_sid.is_not(None))
        .order_by(S.created_at)
        .limit(limit)
    )
    return [Unfinished(*row) for row in session.execute(statement)]
