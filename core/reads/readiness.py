"""Whether the whole of it is in order, for a load balancer or an alarm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.messaging.actions import State
from core.messaging.tables import timed_actions
from core.operations import store as operations


@dataclass(frozen=True)
class Readiness:
    """`faults` by part, in words; empty when all is in order. Seconds are product time; None: never seen."""

    scheduler_age_seconds: float | None
    lag_seconds: float
    faults: dict[str, str]


def read(session: Session, *, heartbeat: timedelta, lag: timedelta, now: datetime) -> Readiness:
    """A scheduler seen within `heartbeat` lives; what is due for longer than `lag` is late."""
    beats = operations.beating(session, "scheduler")
    age = max(timedelta(0), now - beats[0].beat_at) if beats else None
    c = timed_actions.c
    oldest = session.execute(
        select(func.min(c.due_at)).where(c.state == State.PLANNED.value, c.due_at <= now)
    ).scalar()
    late = now - oldest if oldest else timedelta(0)
    paused = operations.sending_paused(session)
    checks = (
        ("scheduler", age is None or age > heartbeat, "No scheduler is alive: texts wait. Start it."),
        ("sending", paused, "Sending is paused by a person."),
        (
            "lag",
            late > lag and not paused,
            f"The oldest due action waits for {late.total_seconds():.0f} s.",
        ),
    )
    return Readiness(
        scheduler_age_seconds=round(age.total_seconds(), 1) if age is not None else None,
        lag_seconds=round(late.total_seconds(), 1),
        faults={name: words for name, wrong, words in checks if wrong},
    )
