"""Time that jumps from what is due to what happens."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from core.adapters.fakes import FakeClock

STEP = timedelta(milliseconds=1)


@dataclass
class Time:
    """What is to happen when; of two things at one moment the one that was asked for first."""

    clock: FakeClock
    coming: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def later(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.coming, (max(at, self.clock.now()), next(self.order), act))

    def run(self, work: Callable[[], datetime | None], end: datetime) -> None:
        """Until `end`: everything that happens at a moment, then all that is due."""
        due: datetime | None = None
        while True:
            moments = [moment for moment in (due, self.coming[0][0] if self.coming else None) if moment]
            if not moments or min(moments) > end:
                self.clock.moment = end
                return
            self.clock.moment = max(min(moments), self.clock.moment)
            while self.coming and self.coming[0][0] <= self.clock.moment:
                heapq.heappop(self.coming)[2]()
            due = work()
            if due is not None and due <= self.clock.moment:
                due = self.clock.moment + STEP
