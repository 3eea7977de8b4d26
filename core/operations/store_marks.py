"""SQL of how far each periodic job has come."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.operations.tables import job_marks


def reached(session: Session, name: str) -> datetime | None:
    """The moment up to which a job is done; None before its first time."""
    found = session.execute(select(job_marks.c.reached_at).where(job_marks.c.name == name))
    return found.scalar_one_or_none()


def reach(session: Session, name: str, moment: datetime) -> None:
    """Everything up to `moment` is done."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(job_marks).values(name=name, reached_at=moment)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"reached_at": moment}))
