"""SQL of signed-in sessions as their owner or an administrator looks at them, and ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.staff.rules import Lifetimes
from core.staff.tables import sessions

S = sessions.c


@dataclass(frozen=True)
class OpenSession:
    """One browser that is signed in. `id` names it on a screen: its `session_id`, the cookie's hash, stays here."""

    id: str
    session_id: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    how: str


def open_of(session: Session, staff_id: str, times: Lifetimes, now: datetime) -> list[OpenSession]:
    """Those of one person that still work, the one used last first."""
    statement = (
        select(S.id, S.token_hash, S.created_at, S.last_seen_at, S.origin, S.browser, S.how)
        .where(
            S.staff_id == staff_id,
            S.revoked_at.is_(None),
            S.expires_at > now,
            S.last_seen_at > now - times.idle,
        )
        .order_by(S.last_seen_at.desc(), S.created_at.desc())
    )
    return [
        OpenSession(*row[:4], row.origin or "", row.browser, row.how) for row in session.execute(statement)
    ]


def revoke_all(session: Session, session_ids: Sequence[str], now: datetime) -> int:
    """End these sessions; how many had not ended yet."""
    ended = (
        update(sessions)
        .where(S.token_hash.in_(session_ids), S.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(S.token_hash)
    )
    return len(session.execute(ended).all())
