"""How often one sender may knock: token buckets in memory, one set for each process."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SENDERS = 20_000


@dataclass
class Buckets:
    """`burst` tokens to begin with and at the most, `per_second` new ones. A burst of 0 lets everybody pass.

    Of MOST_SENDERS each knock makes its sender the newest, and another takes the place of the oldest alone: a flood of
    made-up addresses frees nobody who still knocks.
    """

    burst: float
    per_second: float
    seconds: Callable[[], float] = time.monotonic
    _level: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, sender: str) -> float:
        """0 and one token less, or the seconds until there is one."""
        if self.burst <= 0:
            return 0.0
        with self._lock:
            now = self.seconds()
            level = self._refilled(sender, now)
            passes = level >= 1
            self._level[sender] = (level - 1 if passes else level, now)
            return 0.0 if passes else (1 - level) / self.per_second

    def _refilled(self, sender: str, now: float) -> float:
        known = self._level.pop(sender, None)
        if known is None:
            if len(self._level) >= MOST_SENDERS:
                del self._level[next(iter(self._level))]
            return self.burst
        level, since = known
        return min(self.burst, level + (now - since) * self.per_second)
