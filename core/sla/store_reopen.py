"""SQL of clocks that count again after a disqualification was taken back."""

from datetime import datetime

from sqlalchemy import case, desc, select, update
from sqlalchemy.orm import Session

from core.sla.tables import sla_clocks

C = sla_clocks.c


def revive(session: Session, lead_id: str, voided_at: datetime) -> int:
    """Clocks that became void at that very moment run on as if nothing had happened; how many."""
    revived = session.execute(
        update(sla_clocks)
        .where(C.lead_id == lead_id, C.state == "void", C.ended_at == voided_at)
        .values(state=case((C.paused_at.is_(None), "running"), else_="paused"), ended_at=None)
        .returning(C.id)
    )
    return len(revived.all())


def last_target(session: Session, lead_id: str) -> str | None:
    """The target of the lead's newest clock that never ended in a contact."""
    found = session.execute(
        select(C.target).where(C.lead_id == lead_id, C.state == "void").order_by(desc(C.started_at)).limit(1)
    )
    return found.scalar_one_or_none()
