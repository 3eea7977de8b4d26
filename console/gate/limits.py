"""How much at once, for each address and each session. Time is an argument: seconds of the server's loop."""

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.domain.addresses import sender_of

PATIENCE = 5.0  # seconds that a request waits for its turn before it is refused
BURST = 5.0  # seconds' worth that an address may ask for at once: an office that opens its pages
MOST_ADDRESSES = 20_000


@dataclass
class Bucket:
    """What is left at `at`; below nothing what was promised already."""

    left: float
    at: float


class Pace:
    """`rate` units a second for each address; who asks for more waits, and is refused only when the wait is long.

    `burst`: for how many seconds' worth nobody waits.
    """

    def __init__(self, rate: float, burst: float = BURST, most: int = MOST_ADDRESSES) -> None:
        self._rate = rate
        self._full = rate * burst
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def wait(self, address: str, cost: float, now: float) -> float | None:
        """Seconds until `address` may have what costs `cost`; None where that is too long, and nothing is taken."""
        if not self._rate:
            return 0.0
        bucket = self._of(sender_of(address), now)
        seconds = max(0.0, (cost - bucket.left) / self._rate)
        if seconds > PATIENCE:
            return None
        bucket.left -= cost
        return seconds

    def _of(self, key: str, now: float) -> Bucket:
        bucket = self._buckets.setdefault(key, Bucket(self._full, now))
        bucket.left = min(self._full, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        self._buckets.move_to_end(key)
        # The oldest goes, never all: a stranger with many addresses must not open the gate for another.
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket


class Places:
    """How many of something each one has at once."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    @contextmanager
    def taken(self, limits: dict[Hashable, int]) -> Iterator[bool]:
        """Take a place for each key for as long as the block lasts; False, and none taken, where one has no more."""
        free = all(self._taken[key] < most for key, most in limits.items())
        if free:
            self._taken.update(limits.keys())
        try:
            yield free
        finally:
            if free:
                self._give_back(limits)

    def _give_back(self, limits: dict[Hashable, int]) -> None:
        for key in limits:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]

    def __len__(self) -> int:
        return len(self._taken)
