"""SQL of who opted out lately."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.compliance.tables import consents
from core.db.types import is_word

MOST = 1_000  # more than this is too many by any limit


# In the order of its index: asked for distinct numbers, SQLite would walk through the whole ledger.
_LATELY = (
    select(consents.c.phone_index)
    .where(is_word(consents.c.action, "revoke"), consents.c.at > bindparam("since"))
    .order_by(consents.c.at.desc())
    .limit(MOST)
)


def opted_out(session: Session, since: datetime) -> list[str]:
    """Numbers that opted out after `since`, each once, at most MOST."""
    return sorted(set(session.execute(_LATELY, {"since": since}).scalars()))
