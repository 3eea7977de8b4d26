"""The provider of a simulated clinic: what it took, written down outside the product, and its fingerprint."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from core.adapters.fakes import FakeSms
from core.domain.ports import OutgoingText, SendResult

# Where a link leads: at a port that was free, by a code that is drawn.
DRAWN = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Taken:
    """A text that the provider took."""

    serial: int
    at: datetime
    to: str
    body: str
    action_id: str


@dataclass
class Log:
    """What the provider took, in order, and numbers for all that happens."""

    serials: Iterator[int] = field(default_factory=lambda: count(1))
    taken: list[Taken] = field(default_factory=list)

    def next(self) -> int:
        """A number for what happens now: of two things at one moment the later one has the higher."""
        return next(self.serials)


@dataclass
class Provider(FakeSms):
    """The provider, writing down what it took. `heard` is told of each text at once."""

    record: Log = field(default_factory=Log)
    heard: Callable[[Taken], None] = field(default=lambda _taken: None)

    def take(self, text: OutgoingText) -> SendResult:
        before = len(self.accepted)
        result = super().take(text)
        if len(self.accepted) > before:
            now = self.clock.now()
            taken = Taken(self.record.next(), now, text.to, text.body, text.action_id)
            self.record.taken.append(taken)
            self.heard(taken)
        return result


def without_links(body: str) -> str:
    """A text without where its links lead, which is drawn by chance: all else of two runs is the same."""
    return DRAWN.sub("a link", body)


def digest(taken: Iterable[Taken]) -> str:
    """Of who got which words at which second: the same for the same story on any database."""
    lines = sorted(f"{one.at:%Y-%m-%d %H:%M:%S}|{one.to}|{without_links(one.body)}" for one in taken)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
