"""The latest requests and callbacks, for the list at the foot of the page. Bounded; not in the journal."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 400


@dataclass(frozen=True, slots=True)
class LogLine:
    """`at` is the shared clock's. `way` is 'in' for what reached the simulator, 'out' for what it sent.

    `answer` is the HTTP status, or None where none came.
    """

    number: int
    at: datetime
    way: str
    what: str
    phone: str
    answer: int | None
    sid: str
    state: str


class RequestsLog:
    """Counts stay complete while old lines fall out."""

    def __init__(self, now: Callable[[], datetime], on_line: Callable[[LogLine], None]) -> None:
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()
        self._number = 0
        self._now = now
        self._on_line = on_line

    def note(self, way: str, what: str, phone: str, answer: int | None, sid: str, state: str) -> None:
        self._number += 1
        line = LogLine(self._number, self._now(), way, what, phone, answer, sid, state)
        self._lines.append(line)
        self._counts[f"{what} {answer or 'no answer'}"] += 1
        self._on_line(line)

    def latest(self, count: int) -> list[LogLine]:
        """Oldest first."""
        return list(self._lines)[-count:]

    def counts(self) -> dict[str, int]:
        """How often each kind of request met each answer since the start or the last reset."""
        return dict(self._counts)

    def clear(self) -> None:
        self._lines.clear()
        self._counts.clear()
