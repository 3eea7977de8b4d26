"""When a text may reach a patient. Pure.

The window is that of the patient's own zone and state (compliance.md A3). Where a number may stand in several
zones, the moment must be allowed in every one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours, Window, parse_window

SATURDAY, SUNDAY = 5, 6
ALL_DAY = (time.min, time.max)


@dataclass(frozen=True)
class TextingHours:
    """Windows by weekday for the two kinds of text, and what each state takes away."""

    transactional: Mapping[int, Window]
    marketing: Mapping[int, Window]
    holidays: frozenset[date]
    states: Mapping[str, Mapping[str, str]]

    def for_patient(self, zone: ZoneInfo, state: str, *, marketing: bool) -> WeeklyHours:
        """The hours of one kind of text for a patient in `zone` and `state` ('' when unknown)."""
        base = self.marketing if marketing else self.transactional
        rule = self.states.get(state, {})
        windows = {day: _narrow(base[day], rule, day, marketing=marketing) for day in range(7)}
        return WeeklyHours(
            zone, {day: (w,) for day, w in windows.items() if w}, self.holidays if marketing else frozenset()
        )


def _narrow(base: Window, rule: Mapping[str, str], day: int, *, marketing: bool) -> Window | None:
    special = rule.get("saturday" if day == SATURDAY else "sunday") if day >= SATURDAY else None
    if special == "none":
        return None if marketing else _overlap(base, rule.get("window"))
    return _overlap(base, special if special and marketing else rule.get("window"))


def _overlap(base: Window, text: str | None) -> Window | None:
    if text is None:
        return base
    opens, closes = parse_window(text)
    both = (max(base[0], opens), min(base[1], closes))
    return both if both[0] < both[1] else None


def parse_texting_hours(raw: Mapping[str, Any]) -> TextingHours:
    """Read `data/quiet_hours.toml`. Raises ValueError or KeyError where it is broken."""
    holidays = frozenset(date.fromisoformat(day) for day in raw["federal_holidays"])
    return TextingHours(_week(raw["transactional"]), _week(raw["marketing"]), holidays, raw["states"])


def _week(raw: Mapping[str, Any]) -> dict[int, Window]:
    names = {SATURDAY: "saturday", SUNDAY: "sunday"}
    return {day: parse_window(raw[names.get(day, "weekdays")]) for day in range(7)}


def opens_at(
    hours: TextingHours, zones: tuple[str, ...], state: str, *, marketing: bool, now: datetime
) -> datetime:
    """The first moment from `now` on at which a text may go, in every one of `zones`."""
    weeks = [hours.for_patient(ZoneInfo(zone), state, marketing=marketing) for zone in zones]
    moment = now
    for _ in range(60):
        later = max((week.next_open(moment) or moment + timedelta(days=7) for week in weeks), default=moment)
        if later == moment:
            return moment
        moment = later
    return moment
