"""How often one sender may knock: token buckets in memory, one set for each process."""

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SENDERS = 20_000


@dataclass
class Buckets:
    """`burst` tokens to begin with and at the most, `per_second` new ones. A burst of 0 lets everybody pass."""

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
            if level >= 1:
                self._level[sender] = (level - 1, now)
                return 0.0
            return (1 - level) / self.per_second

    def _refilled(self, sender: str, now: float) -> float:
        if sender not in self._level:
            self._forget_rested(now)
            return self.burst
        level, since = self._level[sender]
        return min(self.burst, level + (now - since) * self.per_second)

    def _forget_rested(self, now: float) -> None:
        """Senders whose bucket is full again are as good as new; a flood of addresses must not fill the memory."""
        if len(self._level) < MOST_SENDERS:
            return
        full_after = self.burst / self.per_second
        self._level = {who: entry for who, entry in self._level.items() if now - entry[1] < full_after}
        if len(self._level) >= MOST_SENDERS:
            self._level.clear()


def sender_of(address: str) -> str:
    """The address, or its /64 network for version 6: one home or one machine has a whole network there."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
