"""SQL of forgetting sign-in tickets and sessions that open nothing any more."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from core.staff.tables import sessions, sign_in_tickets


def forget_tickets(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` tickets that expired before a moment; how many."""
    c = sign_in_tickets.c
    old = select(c.ticket_hash).where(c.expires_at < before).limit(limit)
    gone = delete(sign_in_tickets).where(c.ticket_hash.in_(old)).returning(c.ticket_hash)
    return len(session.execute(gone).all())


def forget_sessions(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` sessions that expired or were signed out of before a moment; how many."""
    c = sessions.c
    old = select(c.token_hash).where(or_(c.expires_at < before, c.revoked_at < before)).limit(limit)
    return len(session.execute(delete(sessions).where(c.token_hash.in_(old)).returning(c.token_hash)).all())
