"""Signs of life of a process."""

from datetime import datetime

from core.app import App
from core.domain.clock import machine_span
from core.operations import store as operations

LIVING_SECONDS = 12.0  # more than two beats


def beat(app: App, owner: str, *, started_at: datetime, now: datetime, process: str = "scheduler") -> None:
    """Show that this process lives."""
    with app.db.write() as session:
        operations.beat(session, owner, process, started_at=started_at, now=now)


def goodbye(app: App, owner: str, *, now: datetime) -> None:
    """Say that it ended on purpose."""
    with app.db.write() as session:
        operations.stopped(session, owner, now)


def living(app: App, *, now: datetime, process: str = "scheduler") -> int:
    """How many processes of a kind have shown a sign of life of late."""
    recent = now - machine_span(app.clock, LIVING_SECONDS)
    with app.db.read() as session:
        return sum(beat.beat_at >= recent for beat in operations.beating(session, process))
