"""How fast one sender may go: a token bucket. REQUIREMENTS 3.4; rates in `data/senders.toml`."""

import math
from dataclasses import dataclass, field

from core.messaging.senders import kind_of
from core.reference import Reference
from core.settings import Settings

# What may leave at once: a provider counts by the second, and idle time saves nothing up.
BURST_SECONDS = 0.02
# With one burst no second exceeds the limit, whenever the provider begins to count.
MARGIN = 0.975
BACK_OFF = 1.0
BACK_OFF_LIMIT = 30.0


@dataclass
class TokenBucket:
    """`limit` texts a second at most; 0 is unpaced. Moments are monotonic seconds.

    Several schedulers share one sender: `sharers` says how many, and each takes its part.
    """

    limit: float
    sharers: int = 1
    tokens: float = field(default=1.0, init=False)
    filled_at: float = field(default=0.0, init=False)
    closed_until: float = field(default=0.0, init=False)
    refusals: int = field(default=0, init=False)

    @property
    def rate(self) -> float:
        return self.limit * MARGIN / max(1, self.sharers)

    @property
    def size(self) -> float:
        return max(1.0, self.rate * BURST_SECONDS)

    def available(self, moment: float) -> int | None:
        """Whole tokens, or None for no limit."""
        if moment < self.closed_until:
            return 0
        if not self.limit:
            return None
        self.tokens = min(self.size, self.tokens + (moment - self.filled_at) * self.rate)
        self.filled_at = moment
        return int(self.tokens)

    def take(self, count: int) -> None:
        self.tokens -= count

    def seconds_until(self, wanted: int, moment: float) -> float:
        """Until `wanted` tokens, or as many as there can be at once, are there."""
        closed = max(0.0, self.closed_until - moment)
        if not self.limit:
            return closed
        available = self.available(moment) or 0
        missing = min(wanted, math.floor(self.size)) - max(available, self.tokens)
        return max(closed, missing / self.rate, 0.0)

    def went_well(self) -> None:
        """A text was taken: the next refusal is a first one."""
        self.refusals = 0

    def back_off(self, asked_for: float | None, moment: float) -> None:
        """The provider said 'too many': this sender rests, twice as long each time, at least as long as asked for."""
        if moment < self.closed_until:
            return  # the answers to one burst are one refusal
        wait = max(min(BACK_OFF * 2**self.refusals, BACK_OFF_LIMIT), asked_for or 0)
        self.refusals += 1
        self.closed_until = moment + wait


def sender_rate(settings: Settings, reference: Reference) -> float:
    """Texts a second for the configured sender; unpaced with the simulator."""
    if settings.sender_rate is not None:
        return settings.sender_rate
    return 0.0 if settings.simulated else reference.senders[kind_of(settings.sender)].texts_a_second
