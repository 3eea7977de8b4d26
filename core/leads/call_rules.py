"""When to call again after a call that reached nobody. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from core.domain.hours import WeeklyHours, at

CORRECTABLE = timedelta(hours=24)  # an outcome can be changed for so long
UNANSWERED = frozenset({"no_answer", "voicemail"})
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Try:
    """The next try: `after` a span, or `days` later at the wall time `wall`."""

    after: timedelta | None = None
    days: int = 0
    wall: time = time.min


def parse_plan(raw: Mapping[str, Any]) -> tuple[Try, ...]:
    """Read `data/call_plan.toml`. Raises ValueError or KeyError where it is broken."""
    return tuple(_try(entry) for entry in raw["tries"])


def _try(entry: Mapping[str, Any]) -> Try:
    if "after" in entry:
        span = str(entry["after"])
        return Try(after=timedelta(**{UNITS[span[-1]]: int(span[:-1])}))
    return Try(days=int(entry["days"]), wall=time.fromisoformat(entry["at"]))


class HasOutcome(Protocol):
    """A call as far as the plan looks at it."""

    @property
    def at(self) -> datetime: ...

    @property
    def outcome(self) -> str: ...


def unanswered(calls: Sequence[HasOutcome], since: datetime | None) -> list[datetime]:
    """When each call was made that reached nobody since they last spoke, and since `since`; `calls` oldest first."""
    in_a_row: list[datetime] = []
    for call in calls:
        if call.outcome == "talked":
            in_a_row = []
        elif call.outcome in UNANSWERED and (since is None or call.at >= since):
            in_a_row.append(call.at)
    return in_a_row


def next_try(
    plan: Sequence[Try], unanswered: int, hours: WeeklyHours, called_at: datetime
) -> datetime | None:
    """When to call after `unanswered` calls in a row, this one counted; None where the plan is over.

    Nobody is asked to call while the location is closed: the try moves to its next opening.
    """
    if not 0 < unanswered <= len(plan):
        return None
    step = plan[unanswered - 1]
    moment = called_at + step.after if step.after else _on_a_later_day(step, hours, called_at)
    return hours.next_open(moment) or moment


def _on_a_later_day(step: Try, hours: WeeklyHours, called_at: datetime) -> datetime:
    day = called_at.astimezone(hours.zone).date() + timedelta(days=step.days)
    return at(day, step.wall, hours.zone)
