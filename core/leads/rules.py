"""How warm a lead is, how urgent, and what it is worth. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import at

# Priorities (chapter 6): somebody may be in danger; somebody only looks around, and nobody is alerted.
URGENT, COLD = 1, 4
HIGH_VALUE_CENTS = 200_000  # chapter 6: treatments of $2,000 and more are high value
SOON = frozenset({"asap", "this_week"})
OVER = frozenset(
    {"closed", "disqualified"}
)  # states in which nobody works on a lead until it is opened again
COLD_TIMEFRAMES = frozenset({"just_browsing"})


def review_since(zone: ZoneInfo, now: datetime) -> datetime:
    """Since when cold leads are on the weekly list: those of this week and of the last one, so that a Monday on which
    nobody looked loses none."""
    today = now.astimezone(zone).date()
    return at(today - timedelta(days=today.weekday() + 7), time(), zone)


@dataclass(frozen=True)
class Heat:
    """`temperature` hot, warm or cold; `priority` 1 urgent to 4 cold (chapter 6); `score` 0 to 100 with its reasons."""

    temperature: str
    priority: int
    score: int
    reasons: tuple[str, ...]


def heat(
    form_type: str, timeframe: str, value_cents: int, *, vip: bool, returning: bool, has_notes: bool
) -> Heat:
    """Judge a new lead from what the form says. compliance.md J: never from health answers or protected traits."""
    points = [
        (40, "consultation request", form_type in {"consultation_request", "booking"}),
        (20, "lead form", form_type not in {"consultation_request", "booking"}),
        (30, "wants it soon", timeframe in SOON),
        (10, "wants it this month", timeframe == "this_month"),
        (15, "high value", value_cents >= HIGH_VALUE_CENTS),
        (10, "known patient", returning),
        (10, "VIP", vip),
        (5, "wrote a note", has_notes),
        (-15, "just browsing", timeframe in COLD_TIMEFRAMES),
    ]
    score = max(0, min(100, sum(points_ for points_, _, holds in points if holds)))
    reasons = tuple(words for _, words, holds in points if holds)
    if timeframe in COLD_TIMEFRAMES:
        return Heat("cold", 4, score, reasons)
    if (
        form_type in {"consultation_request", "booking"}
        or timeframe in SOON
        or value_cents >= HIGH_VALUE_CENTS
        or vip
    ):
        return Heat("hot", 2, score, reasons)
    return Heat("warm", 3, score, reasons)
