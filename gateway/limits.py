"""How often one sender may knock, and how many at once may ask for what is dear: in memory, for each process."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MOST_SENDERS = 20_000
CROWDED_SECONDS = 5  # from which on to try again


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

    def rest(self, sender: str) -> float:
        """The seconds until there is a token, 0 where there is one. It takes none."""
        if self.burst <= 0:
            return 0.0
        with self._lock:
            now = self.seconds()
            level, since = self._level.get(sender, (self.burst, now))
            return max(0.0, 1 - level - (now - since) * self.per_second) / self.per_second

    def _refilled(self, sender: str, now: float) -> float:
        known = self._level.pop(sender, None)
        if known is None:
            if len(self._level) >= MOST_SENDERS:
                del self._level[next(iter(self._level))]
            return self.burst
        level, since = known
        return min(self.burst, level + (now - since) * self.per_second)


class Crowded(Exception):
    """So many wait for their turn that one more would wait too long."""


class Turns:
    """`at_once` have a turn, `in_line` more wait for one, and whoever comes then is sent away: what strangers may ask
    for never takes the threads and the processor from who is known to us."""

    def __init__(self, at_once: int, in_line: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + in_line
        self._here = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises Crowded."""
        if self._here >= self._most:
            raise Crowded
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1
