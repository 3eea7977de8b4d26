"""How fast one sender may go: a token bucket. REQUIREMENTS 3.4; rates in `data/senders.toml`."""

from dataclasses import dataclass, field

from core.reference import read_toml
from core.settings import Settings


@dataclass
class TokenBucket:
    """`rate` texts a second on average, at most one second's worth at once; rate 0 is unpaced."""

    rate: float
    tokens: float = field(init=False)
    filled_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.tokens = max(1.0, self.rate)

    def available(self, moment: float) -> int | None:
        """Whole tokens at `moment` (monotonic seconds), or None for no limit."""
        if not self.rate:
            return None
        self.tokens = min(max(1.0, self.rate), self.tokens + (moment - self.filled_at) * self.rate)
        self.filled_at = moment
        return int(self.tokens)

    def take(self, count: int) -> None:
        self.tokens -= count

    def seconds_until_one(self) -> float:
        return max(0.0, (1 - self.tokens) / self.rate) if self.rate else 0.0


def sender_rate(settings: Settings) -> float:
    """Texts a second for the configured sender; unpaced with the simulator."""
    if settings.sender_rate is not None:
        return settings.sender_rate
    if settings.simulated:
        return 0.0
    rates = read_toml("senders.toml")
    return float(rates[kind_of(settings.sender)]["texts_a_second"])


TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


def kind_of(sender: str) -> str:
    """long_code, toll_free, short_code or messaging_service."""
    if sender.startswith("MG"):
        return "messaging_service"
    if sender.startswith(TOLL_FREE):
        return "toll_free"
    return "short_code" if len(sender) <= 7 else "long_code"
