"""`luxe try clock`: when opening time has passed, or how much of it, by the rules that leads' clocks run on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, model_validator

from core.domain.hours import WeeklyHours, Window, read_window
from core.reference import Reference
from core.sla.rules import due_after, open_time
from luxe.moments import Moment, Zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_YEAR = 366 * 24 * 60
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _is_window(ends: tuple[str, str]) -> tuple[str, str]:
    read_window(*ends, over_midnight=True)
    return ends


def _in_order(pause: tuple[datetime, datetime | None]) -> tuple[datetime, datetime | None]:
    if pause[1] and pause[1] < pause[0]:
        raise ValueError("A pause ends after it begins.")
    return pause


Ends = Annotated[tuple[str, str], AfterValidator(_is_window)]
Pause = Annotated[tuple[Moment, Moment | None], AfterValidator(_in_order)]


class Calendar(BaseModel):
    """Windows by weekday, and dates whose own windows take the place of their weekday's."""

    zone: Zone
    week: dict[Weekday, list[Ends]] = {}
    days: dict[date, list[Ends]] = {}

    def hours(self) -> WeeklyHours:
        week = {DAYS.index(day): _windows(spans) for day, spans in self.week.items()}
        days = {day: _windows(spans) for day, spans in self.days.items()}
        return WeeklyHours(ZoneInfo(self.zone), week, days=days)


class Line(BaseModel):
    """A start, and either the minutes that must pass or the moment up to which they are counted."""

    start: Moment
    minutes: Annotated[float, Field(ge=0, le=A_YEAR)] | None = None
    end: Moment | None = None
    calendar: Calendar
    pauses: list[Pause] = []

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.minutes is None) == (self.end is None):
            raise ValueError("Give either minutes or end.")
        return self


def answer(line: Line, _reference: Reference) -> dict[str, Any]:
    """`due`, ISO on the calendar's wall, None for never; with `end` the open, unpaused `minutes` up to it."""
    hours = line.calendar.hours()
    if line.end is not None:
        passed = open_time(hours, line.start, line.end, line.pauses) / timedelta(minutes=1)
        return {"minutes": int(passed) if passed.is_integer() else passed}
    due = due_after(hours, line.start, timedelta(minutes=line.minutes or 0), line.pauses)
    return {"due": due.astimezone(hours.zone).isoformat() if due else None}


def _windows(spans: Sequence[tuple[str, str]]) -> tuple[Window, ...]:
    return tuple(read_window(*ends, over_midnight=True) for ends in spans)
