"""SQL of how first contacts went, and of who waits."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks

C = sla_clocks.c
# Word for word the condition of the partial index of live clocks.
_LIVE = text("sla_clocks.state IN ('running', 'paused')")


def first_contacts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """(on time, due) from `start` up to `end`: contacts made, and targets that passed with nobody there yet."""
    made = select(C.state, func.count()).where(C.ended_at >= start, C.ended_at < end)
    ended = {
        row[0]: int(row[1])
        for row in session.execute(made.where(C.target == FIRST_CONTACT).group_by(C.state))
    }
    still = select(func.count()).where(
        _LIVE, C.target == FIRST_CONTACT, C.breached_at >= start, C.breached_at < end
    )
    on_time = ended.get("met", 0)
    return on_time, on_time + ended.get("missed", 0) + int(session.execute(still).scalar_one())


def waiting(session: Session) -> int:
    """Leads whose clock runs now."""
    statement = select(func.count(C.lead_id.distinct())).where(_LIVE, is_word(C.state, "running"))
    return int(session.execute(statement).scalar_one())
