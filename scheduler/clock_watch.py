"""Notices that the clock was set: what was to wait so many seconds has then not waited them."""

from datetime import datetime

from core.domain.clock import Clock

STEP_SECONDS = 2.0  # more than a clock drifts between two looks, less than any grace period


class ClockWatch:
    """Compares product time with seconds that nobody can set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: tuple[datetime, float] | None = None

    def was_set(self, now: datetime, machine_seconds: float) -> bool:
        """Whether the two went apart since the last call; the first one has nothing to compare."""
        last, self._last = self._last, (now, machine_seconds)
        if last is None:
            return False
        passed = (now - last[0]).total_seconds() / self._clock.speed
        return abs(passed - (machine_seconds - last[1])) > STEP_SECONDS
