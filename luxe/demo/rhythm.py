"""When forms arrive: an evening peak, quiet nights, a lively Sunday, slow holidays, and a clinic that grows."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from core.domain.hours import at

# Share of a day's forms in each hour of the clinic's wall clock.
HOURS = (4, 2, 1, 1, 1, 2, 6, 14, 26, 38, 46, 50, 58, 48, 42, 40, 42, 50, 62, 78, 86, 74, 44, 16)
WEEKDAYS = (1.12, 1.06, 1.0, 0.98, 0.86, 0.82, 1.16)
GROWTH = 0.45  # the last day brings so much more than the first
HOLIDAY = 0.35
TO_SEE = 24  # forms a day that make today's figures worth watching, also in a small demo
MOST_BOOST = 6.0


def arrivals(
    count: int, *, first: date, now: datetime, zone: ZoneInfo, closed: Container[date], dice: Random
) -> list[datetime]:
    """`count` moments from `first` up to `now`, in order."""
    today = now.astimezone(zone).date()
    recent = {today, today - timedelta(days=1)}
    days = [first + timedelta(days=offset) for offset in range((today - first).days + 1)]
    boost = min(MOST_BOOST, max(1.0, TO_SEE * len(days) / max(1, count)))
    usual = [_weight(day, position / max(1, len(days) - 1), closed) for position, day in enumerate(days)]
    weights = list(
        accumulate(weight * (boost if day in recent else 1) for day, weight in zip(days, usual, strict=True))
    )
    moments: list[datetime] = []
    while len(moments) < count:
        chosen = dice.choices(days, cum_weights=weights, k=count - len(moments))
        moments += [moment for day in chosen if (moment := _moment(day, zone, dice)) < now]
    return sorted(moments)


def _weight(day: date, progress: float, closed: Container[date]) -> float:
    return WEEKDAYS[day.weekday()] * (1 + GROWTH * progress) * (HOLIDAY if day in closed else 1)


def _moment(day: date, zone: ZoneInfo, dice: Random) -> datetime:
    hour = dice.choices(range(24), HOURS)[0]
    return at(day, time(hour), zone) + timedelta(seconds=dice.random() * 3600)
