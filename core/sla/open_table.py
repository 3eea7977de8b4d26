"""Opening time between many pairs of moments: the spans of one stretch laid out once, then two look-ups a pair. Pure.

`rules.open_time` walks the calendar for each pair, which is right for one clock and slow for ten thousand.
"""

from bisect import bisect_right
from datetime import UTC, datetime

from core.domain.hours import WeeklyHours
from core.sla.rules import open_time


class OpenTable:
    """The open spans of `hours` from `start` to `end`. Moments are seconds since 1970."""

    def __init__(self, hours: WeeklyHours, start: datetime, end: datetime) -> None:
        self._hours = hours
        self._first, self._last = start.timestamp(), end.timestamp()
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._before: list[float] = []  # open seconds of all spans before each
        total = 0.0
        for opens, closes in hours.spans_from(start):
            if opens >= end:
                break
            self._opens.append(opens.timestamp())
            self._closes.append(closes.timestamp())
            self._before.append(total)
            total += self._closes[-1] - self._opens[-1]

    def seconds(self, start: float, end: float) -> float:
        """Open seconds between two moments; all of the time where that is none.

        Somebody who answers at night is not credited with an answer in no time at all. Moments outside the table are
        worked out one by one.
        """
        place = bisect_right(self._opens, start) - 1
        if place >= 0 and start <= end <= self._closes[place]:
            return end - start  # within one span, as most are
        opened = self.opened(start, end)
        return opened if opened > 0 else end - start

    def opened(self, start: float, end: float) -> float:
        """Open seconds between two moments, none where that is none."""
        if start < self._first or end > self._last:
            return open_time(self._hours, _moment(start), _moment(end)).total_seconds()
        return self._until(end) - self._until(start)

    def is_open(self, moment: float) -> bool:
        """Whether a moment within the table lies in opening hours."""
        place = bisect_right(self._opens, moment) - 1
        return place >= 0 and moment < self._closes[place]

    def _until(self, moment: float) -> float:
        """Open seconds from the beginning of the table."""
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(moment, self._closes[place]) - self._opens[place]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
