"""What every page shows at its edge: what is overdue, what is unread, whether the scheduler lives."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.conversation.tables import alarms
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.operations import store as operations
from core.reads.parts import waiting
from core.sla.tables import sla_clocks

MOST_DUES = 500


@dataclass(frozen=True)
class NowBlock:
    """`dues`: due times of running clocks of open leads, first first. `beat_at`: the scheduler's last sign of life.

    `urgent`: leads of the first priority that nobody contacted, and those in alarm; `alarms`: those of them whose
    alarm nobody has acknowledged.
    `first_due`: when the automatic text that waits longest was due; None when nothing waits.
    """

    dues: tuple[datetime, ...]
    unread: int
    urgent: int
    alarms: int
    beat_at: datetime | None
    first_due: datetime | None


def read(session: Session, actor: Actor) -> NowBlock:
    require(actor, Permission.SEE_LEADS)
    dues = session.execute(
        select(sla_clocks.c.due_at)
        .join(leads, leads.c.id == sla_clocks.c.lead_id)
        .where(sla_clocks.c.state == "running", leads.c.state.in_(("open", "booked")))
        .order_by(sla_clocks.c.due_at)
        .limit(MOST_DUES)
    )
    is_open = leads.c.state == "open"
    in_alarm = select(alarms.c.lead_id).where(alarms.c.ended_at.is_(None))
    first = and_(is_open, leads.c.priority == 1, leads.c.contacted_at.is_(None))
    beats = operations.beating(session, "scheduler")
    return NowBlock(
        dues=tuple(dues.scalars()),
        unread=_count(session, is_open, leads.c.unread > 0),
        urgent=_count(session, or_(first, leads.c.id.in_(in_alarm))),
        alarms=conversation.open_alarms(session),
        beat_at=beats[0].beat_at if beats else None,
        first_due=waiting.first_due(session),
    )


def _count(session: Session, *conditions: object) -> int:
    statement = select(func.count()).select_from(leads).where(*conditions)  # type: ignore[arg-type]
    return int(session.execute(statement).scalar_one())
