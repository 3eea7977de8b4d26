"""What was refused or ended, counted: one line of the log a minute, however many there were."""

from collections import Counter

import structlog

log = structlog.get_logger(__name__)
SECONDS = 60.0


class Tally:
    """Lines named `event`, with how often each reason was met since the last one."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._met: Counter[str] = Counter()
        self._last = -SECONDS

    def note(self, why: str, now: float) -> None:
        """`why` is a word for the log, `now` seconds of the server's loop."""
        self._met[why] += 1
        if now - self._last >= SECONDS:
            self._last = now
            log.warning(self._event, **self._met)
            self._met.clear()
