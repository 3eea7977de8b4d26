"""SQL of who opted out lately."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.compliance.tables import consents
from core.db.types import is_word

MOST = 1_000  # more than this is too many by any limit


def opted_out(session: Session, since: datetime) -> list[str]:
    """Numbers that opted out after `since`, each once, at most MOST."""
    c = consents.c
    lately = select(c.phone_index).where(is_word(c.action, "revoke"), c.at > since)
    # In the order of its index: asked for distinct numbers, SQLite would walk through the whole ledger.
    return sorted(set(session.execute(lately.order_by(c.at.desc()).limit(MOST)).scalars()))
