"""Whether the whole of it is in order, for a load balancer or an alarm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.domain.clock import Clock, machine_span
from core.operations import store as operations
from core.reads.parts import sending_state, waiting

HEARTBEAT_SECONDS = 15.0  # real ones, as the machine counts them
LAG_SECONDS = 120.0


@dataclass(frozen=True)
class Readiness:
    """`faults` by part, in words; empty when all is in order. Seconds are product time; None: never seen."""

    scheduler_age_seconds: float | None
    lag_seconds: float
    faults: dict[str, str]


def read(session: Session, clock: Clock, *, now: datetime) -> Readiness:
    """A scheduler seen within HEARTBEAT_SECONDS lives; what is due, or out, for longer than LAG_SECONDS is late."""
    heartbeat, lag = machine_span(clock, HEARTBEAT_SECONDS), machine_span(clock, LAG_SECONDS)
    beats = operations.beating(session, "scheduler")
    age = max(timedelta(0), now - beats[0].beat_at) if beats else None
    since = waiting.due_since(session, now).values()
    late = now - min(since, default=now)
    out = now - (waiting.in_flight_since(session) or now)
    stopped = next((stop for stop in sending_state.read(session).stops if not stop.template), None)
    checks = (
        ("scheduler", age is None or age > heartbeat, "No scheduler is alive: texts wait. Start it."),
        # Not who stopped it, nor what they wrote: anybody may read this.
        ("sending", stopped is not None, f"{stopped.title} {stopped.why}".strip() if stopped else ""),
        (
            "lag",
            late > lag and stopped is None,
            f"The oldest due action waits for {late.total_seconds():.0f} s.",
        ),
        # Who beats and finds nothing due may still hang with all of it in hand.
        ("in_flight", out > lag, f"A text is out for {out.total_seconds():.0f} s without a result."),
    )
    return Readiness(
        scheduler_age_seconds=round(age.total_seconds(), 1) if age is not None else None,
        lag_seconds=round(late.total_seconds(), 1),
        faults={name: words for name, wrong, words in checks if wrong},
    )
