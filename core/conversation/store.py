"""SQL of alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.conversation.tables import OPEN, alarms
from core.db.upsert import insert_into
from core.domain.ids import new_id

A = alarms.c


@dataclass(frozen=True)
class Raised:
    """The alarm that stands for a lead. `new` unless it stood already."""

    id: str
    new: bool
    raised_at: datetime


def raise_alarm(session: Session, lead_id: str, text_id: str, priority: int, now: datetime) -> Raised:
    """Raise an alarm, or join the one that nobody has acknowledged yet. `priority`: the lead's, from before."""
    row = {"lead_id": lead_id, "text_id": text_id, "raised_at": now, "priority_before": priority}
    statement = insert_into(session, alarms).values(id=new_id(now), **row)
    alarm_id = session.execute(
        statement.on_conflict_do_nothing(index_elements=["lead_id"], index_where=OPEN).returning(A.id)
    ).scalar_one_or_none()
    if alarm_id:
        return Raised(str(alarm_id), new=True, raised_at=now)
    standing = select(A.id, A.raised_at).where(A.lead_id == lead_id, A.acknowledged_at.is_(None))
    found = session.execute(standing).one()
    return Raised(found.id, new=False, raised_at=found.raised_at)


def last_raised(session: Session, lead_id: str) -> datetime | None:
    """When the lead's newest alarm was raised, whatever became of it."""
    return session.execute(select(func.max(A.raised_at)).where(A.lead_id == lead_id)).scalar()


def is_open(session: Session, alarm_id: str) -> bool:
    """Whether nobody has acknowledged it."""
    found = session.execute(select(A.id).where(A.id == alarm_id, A.acknowledged_at.is_(None)))
    return found.scalar_one_or_none() is not None


def is_urgent(session: Session, lead_ids: Sequence[str]) -> set[str]:
    """Those of some leads whose patient may be in danger, and whom nobody has reached since."""
    if not lead_ids:
        return set()
    return set(
        session.execute(select(A.lead_id).where(A.lead_id.in_(lead_ids), A.ended_at.is_(None))).scalars()
    )


def open_alarms(session: Session) -> int:
    """How many nobody has acknowledged."""
    return int(session.execute(select(func.count()).where(A.acknowledged_at.is_(None))).scalar_one())


def acknowledge(session: Session, lead_id: str, by: str | None, now: datetime) -> bool:
    """Somebody has taken it up; whether it was still open. Two at once: the database lets one of them."""
    statement = (
        update(alarms)
        .where(A.lead_id == lead_id, A.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=by)
        .returning(A.id)
    )
    return session.execute(statement).first() is not None


@dataclass(frozen=True)
class Acknowledged:
    """Who took an alarm up, and when."""

    by: str | None
    at: datetime


def last_acknowledged(session: Session, lead_id: str) -> Acknowledged | None:
    """The newest acknowledgement of a lead."""
    row = session.execute(
        select(A.acknowledged_by, A.acknowledged_at)
        .where(A.lead_id == lead_id, A.acknowledged_at.is_not(None))
        .order_by(A.acknowledged_at.desc())
        .limit(1)
    ).one_or_none()
    return Acknowledged(*row) if row else None


def end(session: Session, lead_id: str, now: datetime) -> int | None:
    """A person has reached the patient: what the lead's priority was before; None where nothing was urgent."""
    rows = session.execute(
        update(alarms)
        .where(A.lead_id == lead_id, A.ended_at.is_(None))
        .values(ended_at=now)
        .returning(A.priority_before)
    )
    # A second alarm met the urgency of the first: the calmest of them is what was before.
    return max(rows.scalars(), default=None)


def revive(session: Session, lead_id: str, ended_at: datetime) -> bool:
    """What had ended alarms at that very moment was taken back; whether there were any. A newer alarm says enough."""
    newer = select(A.id).where(A.lead_id == lead_id, A.ended_at.is_(None))
    if session.execute(newer.limit(1)).first():
        return False
    statement = update(alarms).where(A.lead_id == lead_id, A.ended_at == ended_at).values(ended_at=None)
    return session.execute(statement.returning(A.id)).first() is not None
