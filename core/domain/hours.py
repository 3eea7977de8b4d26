"""Opening hours and windows of the day in a time zone, exact across changes of daylight saving.

A window is `(opens, closes)` in local wall time; a weekday is 0 for Monday to 6 for Sunday. A window that does not
close after it opens closes on the next day: `(18:00, 00:00)` ends at midnight, `(00:00, 00:00)` is a whole day, and
`(22:00, 02:00)` reaches into the night. Something is open exactly while the wall clock of its zone shows a time
inside a window, so a 23 or 25 hour day counts its real length.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Window = tuple[time, time]
Span = tuple[datetime, datetime]
LOOK_BACK = timedelta(days=7)
LOOK_AHEAD_DAYS = 400  # what has not opened in so many days never will
# When something is due that waits for an open hour which never comes: behind every moment that is compared with it, and
# before the last one that databases and browsers can hold.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True)
class WeeklyHours:
    """When something is open: windows by weekday in `zone`, but on `days` those that are given there, on `closed` none.

    A day in both is not closed.
    """

    zone: ZoneInfo
    windows: Mapping[int, Sequence[Window]]
    closed: Container[date] = field(default_factory=frozenset)
    days: Mapping[date, Sequence[Window]] = field(default_factory=dict)

    def of_somebody(
        self, windows: Mapping[int, Sequence[Window]], days: Mapping[date, Sequence[Window]] | None = None
    ) -> "WeeklyHours":
        """The hours of a person with `windows` of their own at this place: off on every date on which it is closed,
        unless their own `days` say otherwise."""
        shut: dict[date, Sequence[Window]] = {day: () for day, spans in self.days.items() if not spans}
        return WeeklyHours(self.zone, windows, self.closed, shut | dict(days or {}))

    def on(self, day: date) -> list[Span]:
        """The open spans that begin on one local date as aware UTC moments, in order. The last may end a day later."""
        spans = sorted(span for window in self._windows(day) for span in shown(day, window, self.zone))
        return _joined(spans)

    def _windows(self, day: date) -> Sequence[Window]:
        if day in self.days:
            return self.days[day]
        return () if day in self.closed else self.windows.get(day.weekday(), ())

    def spans_from(self, moment: datetime) -> Iterator[Span]:
        """Open spans that end after `moment`, in order and without overlap, the first no earlier than it.

        Touching spans may come as two. Ends when it has not opened for LOOK_AHEAD_DAYS.
        """
        reached = moment
        last_open = day = (
            moment.astimezone(self.zone).date() - A_DAY
        )  # yesterday's window may last into today
        held: list[Span] = []
        while day - last_open <= LOOK_AHEAD_DAYS * A_DAY:
            spans = self.on(day)
            last_open = day if spans else last_open
            day += A_DAY
            # Where clocks go back, a window may end, and go on an hour later, after the next day's has begun.
            begins = at(day, time(), self.zone)
            ready = sorted([*held, *spans])
            held = [span for span in ready if span[0] >= begins]
            for start, end in ready[: len(ready) - len(held)]:
                if end > reached:
                    yield max(start, reached), end
                    reached = end

    def is_open(self, moment: datetime) -> bool:
        return self.next_open(moment) == moment

    def next_open(self, moment: datetime) -> datetime | None:
        """`moment` itself when open, else the next opening; None when it never opens."""
        return next((start for start, _ in self.spans_from(moment)), None)

    def closed_around(self, moment: datetime) -> Span | None:
        """The closed stretch that `moment` lies in, up to the next opening; None while open and where it never opens.

        Its beginning is the last closing, LOOK_BACK before `moment` at most.
        """
        began = moment - LOOK_BACK
        for start, end in self.spans_from(began):
            if start > moment:
                return began, start
            if end > moment:
                return None
            began = end
        return None


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Local wall time on `day` as UTC. A wall time that daylight saving skips becomes the moment after the gap."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


@lru_cache(maxsize=16384)  # every text asks for the hours of the same few days
def shown(day: date, window: Window, zone: ZoneInfo) -> tuple[Span, ...]:
    """The stretches of time in which the wall clock of `zone` shows a time inside a window that begins on `day`.

    One as a rule. In the night in which clocks go back a window may begin or end inside the hour that comes twice:
    then it is two. In the other one, what lies inside the hour that is skipped is none.
    """
    opens = datetime.combine(day, window[0], UTC)
    closes = datetime.combine(day if window[0] < window[1] else day + A_DAY, window[1], UTC)
    before, after = _offset(zone, opens - A_DAY), _offset(zone, closes + A_DAY)
    if before == after:
        return ((opens - before, closes - before),)
    changes = _change(zone, opens - A_DAY, closes + A_DAY)
    pieces = [(opens - before, min(closes - before, changes)), (max(opens - after, changes), closes - after)]
    return tuple(_joined([piece for piece in pieces if piece[0] < piece[1]]))


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The second at which the offset of `zone` becomes another, between two moments that differ in it."""
    before = _offset(zone, early)
    while late - early > A_SECOND:
        middle = early + timedelta(seconds=(late - early) // A_SECOND // 2)
        early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
    return late


def offset_changes(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """The moments between two at which the offset of `zone` becomes another."""
    early = since
    while early < until:
        late = min(early + 7 * A_DAY, until)  # no zone changes twice within a week
        if _offset(zone, early) != _offset(zone, late):
            yield _change(zone, early, late)
        early = late


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of their start, those that touch or overlap as one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def around_the_clock(zone: ZoneInfo) -> WeeklyHours:
    """Open at every moment."""
    return WeeklyHours(zone, dict.fromkeys(range(7), ((time.min, time.min),)))


@lru_cache(maxsize=1024)  # every form reads the hours of everybody who may be given it
def parse_window(text: str, *, over_midnight: bool = False) -> Window:
    """Read `09:00-17:30`, `18:00-24:00` and, where that is allowed, `22:00-02:00`.

    Raises ValueError when it is not two times, or not in order.
    """
    opens, _, closes = text.partition("-")
    return read_window(opens, closes, over_midnight=over_midnight)


def read_window(opens: str, closes: str, *, over_midnight: bool = False) -> Window:
    """A window from its two ends, `24:00` for the midnight at its end. Raises ValueError."""
    until_midnight = closes.strip() == "24:00"
    window = (_wall(opens), time.min if until_midnight else _wall(closes))
    if window[0] >= window[1] and not (until_midnight or (over_midnight and window[0] > window[1])):
        raise ValueError(f"{opens.strip()}-{closes.strip()} must open before it closes")
    return window


def _wall(text: str) -> time:
    wall = time.fromisoformat(text.strip())
    if wall.tzinfo:
        raise ValueError(f"{text.strip()!r} is a time of day, without an offset")
    return wall
