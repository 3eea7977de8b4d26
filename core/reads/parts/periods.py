"""Which stretch of time a result speaks of, and the one before it. Days are the clinic's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import at

PERIODS = {"7": "7 days", "30": "30 days", "month": "This month", "quarter": "Quarter"}
USUAL = "30"


@dataclass(frozen=True)
class Period:
    """Leads created from `start` up to `end`, and those of the same number of days before, `before` up to `before_end`.

    `first` and `last` are the local dates that `start` and `end` fall on; the same for the period before.
    """

    start: datetime
    end: datetime
    before: datetime
    before_end: datetime
    first: date
    last: date
    before_first: date
    before_last: date


def period(name: str, zone: ZoneInfo, now: datetime) -> Period:
    """One of PERIODS, ending now; an unknown name reads as the usual one.

    The period before ends at the same time of day as now, so that half a day is never held against a whole one.
    """
    today = now.astimezone(zone).date()
    first = _first_day(name, today)
    before_first = _first_before(name, first)
    before_last = before_first + (today - first)
    before_last = min(before_last, first - timedelta(days=1))
    return Period(
        start=at(first, time.min, zone),
        end=now,
        before=at(before_first, time.min, zone),
        before_end=at(before_last, now.astimezone(zone).time(), zone),
        first=first,
        last=today,
        before_first=before_first,
        before_last=before_last,
    )


def _first_day(name: str, today: date) -> date:
    if name == "month":
        return today.replace(day=1)
    if name == "quarter":
        return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    days = int(name) if name in ("7", "30") else int(USUAL)
    return today - timedelta(days=days - 1)


def _first_before(name: str, first: date) -> date:
    if name == "month":
        return (first - timedelta(days=1)).replace(day=1)
    if name == "quarter":
        return _first_day("quarter", first - timedelta(days=1))
    return first - timedelta(days=int(name) if name in ("7", "30") else int(USUAL))
