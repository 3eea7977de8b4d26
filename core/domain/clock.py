"""The only place that asks the system for the time. Everything else is handed `now`."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Product time."""

    @property
    def speed(self) -> float:
        """Product seconds for each real second."""
        ...

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    """Real time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class ScaledClock:
    """Starts at `start` when real time is `origin` (seconds since 1970) and runs `speed` times as fast.

    Every process that is given the same three values reads the same time.
    """

    start: datetime
    speed: float
    origin: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.origin) * self.speed)


def real_time() -> float:
    """Real seconds since 1970: for a clock's origin, for measurements, and for codes of authenticator apps, which know
    no other time. Never for any other decision of the product."""
    return time.time()


def machine_span(clock: Clock, seconds: float) -> timedelta:
    """`seconds` of real waiting as product time: leases and grace periods follow the machine, not the story."""
    return timedelta(seconds=seconds * clock.speed)


def real_seconds_until(clock: Clock, moment: datetime, now: datetime) -> float:
    """How long to sleep, in real seconds, until product time reaches `moment`; never negative."""
    return max(0.0, (moment - now).total_seconds() / clock.speed)


def parse_clock(text: str, origin: float) -> ScaledClock:
    """Read `2026-11-23T09:00:00-05:00@60`. Raises ValueError saying what is wrong."""
    moment, _, speed = text.partition("@")
    start = datetime.fromisoformat(moment)
    if start.tzinfo is None:
        raise ValueError("the start needs an offset, such as -05:00")
    factor = float(speed or 1)
    if not 0 < factor <= 100_000:
        raise ValueError("the speed must be above 0 and at most 100000")
    return ScaledClock(start.astimezone(UTC), factor, origin)
