"""What every page shows at its edge: what is overdue, what is unread, whether the scheduler lives."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.operations import store as operations
from core.reads import next_steps
from core.reads.parts import waiting
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks

MOST_DUES = 500


@dataclass(frozen=True)
class NowBlock:
    """`dues`: when open leads are due, first first, one for each, as the queue shows them: by a running clock, or by a
    task that somebody planned. `beat_at`: the scheduler's last sign of life.

    `first_due`: when the automatic text that waits longest was due; None when nothing waits.
    """

    dues: tuple[datetime, ...]
    unread: int
    urgent: int
    beat_at: datetime | None
    first_due: datetime | None


def read(session: Session, actor: Actor) -> NowBlock:
    require(actor, Permission.SEE_LEADS)
    is_open = leads.c.state == "open"
    beats = operations.beating(session, "scheduler")
    return NowBlock(
        dues=_dues(session),
        unread=_count(session, is_open, leads.c.unread > 0),
        urgent=_count(session, is_open, leads.c.priority == 1, leads.c.attempted_at.is_(None)),
        beat_at=beats[0].beat_at if beats else None,
        first_due=waiting.first_due(session),
    )


def _dues(session: Session) -> tuple[datetime, ...]:
    c = sla_clocks.c
    rows = session.execute(
        select(c.lead_id, c.target, c.due_at)
        .join(leads, leads.c.id == c.lead_id)
        .where(c.state == "running", leads.c.state == "open", leads.c.snoozed_until.is_(None))
        .order_by(c.due_at)
        .limit(MOST_DUES)
    ).all()
    due = {lead_id: task.due_at for lead_id, task in next_steps.of_open_leads(session, awake=True).items()}
    for lead_id, target, due_at in rows:
        if target != FIRST_CONVERSATION:
            due[lead_id] = min(due_at, due.get(lead_id, due_at))
    for lead_id, _target, due_at in rows:
        due.setdefault(lead_id, due_at)
    return tuple(sorted(due.values())[:MOST_DUES])


def _count(session: Session, *conditions: object) -> int:
    statement = select(func.count()).select_from(leads).where(*conditions)  # type: ignore[arg-type]
    return int(session.execute(statement).scalar_one())
