"""Opening hours and windows of the day in a time zone, safe across changes of daylight saving.

A window is `(opens, closes)` in local wall time; a weekday is 0 for Monday to 6 for Sunday. Arithmetic that
spans a day is done on wall dates and converted through UTC, so a 23 or 25 hour day counts its real length.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]
LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True)
class WeeklyHours:
    """When something is open: windows by weekday, in `zone`, minus whole `closed` days."""

    zone: ZoneInfo
    windows: Mapping[int, Sequence[Window]]
    closed: frozenset[date] = field(default_factory=frozenset)

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open spans of one local date as aware UTC moments, in order."""
        if day in self.closed:
            return []
        return [
            (at(day, opens, self.zone), at(day, closes, self.zone))
            for opens, closes in self.windows.get(day.weekday(), ())
        ]

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans that end after `moment`, the first cut to begin no earlier than it."""
        day = moment.astimezone(self.zone).date()
        for offset in range(LOOK_AHEAD_DAYS):
            for start, end in self.on(day + timedelta(days=offset)):
                if end > moment:
                    yield max(start, moment), end

    def is_open(self, moment: datetime) -> bool:
        return self.next_open(moment) == moment

    def next_open(self, moment: datetime) -> datetime | None:
        """`moment` itself when open, else the next opening; None when it never opens."""
        return next((start for start, _ in self.spans_from(moment)), None)

    def add(self, moment: datetime, open_time: timedelta) -> datetime:
        """The moment at which `open_time` of opening has passed since `moment`.

        Falls back to wall time where it never opens, so that a clock always has an end.
        """
        left = open_time
        for start, end in self.spans_from(moment):
            if end - start >= left:
                return start + left
            left -= end - start
        return moment + open_time


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Local wall time on `day` as UTC. A wall time that daylight saving skips becomes the moment after the gap."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def around_the_clock(zone: ZoneInfo) -> WeeklyHours:
    """Open at every moment."""
    return WeeklyHours(zone, dict.fromkeys(range(7), ((time.min, time.max),)))


def parse_window(text: str) -> Window:
    """Read `09:00-17:30`. Raises ValueError when it is not two times in order."""
    opens, _, closes = text.partition("-")
    window = (time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip()))
    if window[0] >= window[1]:
        raise ValueError(f"{text!r} must open before it closes")
    return window
