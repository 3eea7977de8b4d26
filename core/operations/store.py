"""SQL of heartbeats and switches."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.operations.tables import heartbeats, switches

PAUSED = "sending_paused"


def beat(session: Session, owner: str, process: str, *, started_at: datetime, now: datetime) -> None:
    """Show that a process lives."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(heartbeats).values(owner=owner, process=process, started_at=started_at, beat_at=now)
    session.execute(
        statement.on_conflict_do_update(index_elements=["owner"], set_={"beat_at": now, "stopped_at": None})
    )


def stopped(session: Session, owner: str, now: datetime) -> None:
    """A process says goodbye."""
    session.execute(update(heartbeats).where(heartbeats.c.owner == owner).values(stopped_at=now))


@dataclass(frozen=True)
class Beat:
    """The last sign of life of one process."""

    owner: str
    process: str
    started_at: datetime
    beat_at: datetime


def beating(session: Session, process: str) -> list[Beat]:
    """Processes of a kind that have not said goodbye, last seen first."""
    c = heartbeats.c
    statement = select(c.owner, c.process, c.started_at, c.beat_at).where(
        c.process == process, c.stopped_at.is_(None)
    )
    return [Beat(*row) for row in session.execute(statement.order_by(c.beat_at.desc()))]


def sending_paused(session: Session) -> bool:
    """Whether the one switch stops all sending."""
    return bool(
        session.execute(select(switches.c.value).where(switches.c.name == PAUSED)).scalar_one_or_none()
    )
