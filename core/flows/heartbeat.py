"""Signs of life of a process."""

from datetime import datetime

from core.app import App
from core.operations import store as operations


def beat(app: App, owner: str, *, started_at: datetime, now: datetime, process: str = "scheduler") -> None:
    """Show that this process lives."""
    with app.db.write() as session:
        operations.beat(session, owner, process, started_at=started_at, now=now)


def goodbye(app: App, owner: str, *, now: datetime) -> None:
    """Say that it ended on purpose."""
    with app.db.write() as session:
        operations.stopped(session, owner, now)
