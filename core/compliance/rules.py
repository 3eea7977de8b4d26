"""When a text may reach a patient. Pure.

The window is that of the patient's own zone and state (compliance.md A3). Where a number may stand in several
zones, the moment must be allowed in every one of them.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from core.compliance.legal_holidays import LegalHolidays
from core.domain.hours import LOOK_AHEAD_DAYS, WeeklyHours, Window, parse_window

SATURDAY, SUNDAY = 5, 6
LOOK_AGAIN = timedelta(days=7)  # a text that may never go, as far as one can see, is not forgotten for it


class TextClass(StrEnum):
    """What a text is to the one who gets it, as far as the hour matters."""

    MARKETING = "marketing"
    INFORMATIONAL = "informational"
    CONFIRMATION = "confirmation"  # within ten minutes of the person's own form
    REPLY = "reply"  # to somebody who has just written to us
    EMERGENCY = "emergency"
    STAFF = "staff"


# What may go at any hour, and the rule that lets it.
AT_ANY_HOUR = {
    TextClass.CONFIRMATION: "own_form",
    TextClass.REPLY: "own_message",
    TextClass.EMERGENCY: "emergency",
    TextClass.STAFF: "staff",
}


@dataclass(frozen=True)
class Opening:
    """`at` is the first moment at which a text may go, None where none is in sight; `rule` is what decided about now:
    one of AT_ANY_HOUR, texting_hours (allowed), quiet_hours, state_hours or holiday."""

    at: datetime | None
    rule: str


@dataclass(frozen=True)
class TextingHours:
    """Windows by weekday for the two kinds of text, and what each state takes away."""

    transactional: Mapping[int, Window]
    marketing: Mapping[int, Window]
    holidays: Container[date]
    states: Mapping[str, Mapping[str, str]]
    _weeks: dict[tuple[str, str, bool], WeeklyHours] = field(default_factory=dict, compare=False, repr=False)

    def for_patient(self, zone: ZoneInfo, state: str, *, marketing: bool) -> WeeklyHours:
        """The hours of one kind of text for a patient in `zone` and `state` ('' when unknown)."""
        key = (zone.key, state, marketing)
        if key not in self._weeks:
            self._weeks[key] = self._week(zone, state, marketing=marketing)
        return self._weeks[key]

    def _week(self, zone: ZoneInfo, state: str, *, marketing: bool) -> WeeklyHours:
        base = self.marketing if marketing else self.transactional
        rule = self.states.get(state, {})
        windows = {day: _narrow(base[day], rule, day, marketing=marketing) for day in range(7)}
        closed = self._closed(state) if marketing else frozenset[date]()
        return WeeklyHours(zone, {day: (w,) for day, w in windows.items() if w}, closed)

    def _closed(self, state: str) -> Container[date]:
        """Federal holidays, and the state's own where its law closes those too."""
        return LegalHolidays(state) if "holidays" in self.states.get(state, {}) else self.holidays

    def opening(self, kind: TextClass, zones: Sequence[str], state: str, now: datetime) -> Opening:
        """When a text may go to somebody who is in one of `zones` and in `state` ('' when unknown)."""
        if kind in AT_ANY_HOUR:
            return Opening(now, AT_ANY_HOUR[kind])
        marketing = kind is TextClass.MARKETING
        weeks = self._for_all(kind, zones, state)
        allowed = first_common(weeks, now)
        if allowed == now:
            return Opening(now, "texting_hours")
        return Opening(allowed, self._why_not(weeks, marketing=marketing, now=now))

    def opens_at(self, kind: TextClass, zones: Sequence[str], state: str, now: datetime) -> datetime | None:
        """The same moment, for who does not ask which rule says so."""
        return now if kind in AT_ANY_HOUR else first_common(self._for_all(kind, zones, state), now)

    def _for_all(self, kind: TextClass, zones: Sequence[str], state: str) -> list[WeeklyHours]:
        marketing = kind is TextClass.MARKETING
        return [self.for_patient(ZoneInfo(zone), state, marketing=marketing) for zone in zones]

    def _why_not(self, weeks: Sequence[WeeklyHours], *, marketing: bool, now: datetime) -> str:
        shut = [week for week in weeks if not week.is_open(now)]
        if any(now.astimezone(week.zone).date() in week.closed for week in shut):
            return "holiday"
        usual = [self.for_patient(week.zone, "", marketing=marketing) for week in shut]
        return "state_hours" if first_common(usual, now) == now else "quiet_hours"


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
    return TextingHours(_week(raw["transactional"]), _week(raw["marketing"]), LegalHolidays(), raw["states"])


def _week(raw: Mapping[str, Any]) -> dict[int, Window]:
    names = {SATURDAY: "saturday", SUNDAY: "sunday"}
    return {day: parse_window(raw[names.get(day, "weekdays")]) for day in range(7)}


def first_common(weeks: Sequence[WeeklyHours], now: datetime) -> datetime | None:
    """The first moment from `now` on at which all of `weeks` are open; None where there is none in sight."""
    moment = now
    while moment <= now + timedelta(days=LOOK_AHEAD_DAYS):
        openings = [week.next_open(moment) for week in weeks]
        if None in openings:
            return None
        later = max((opens for opens in openings if opens), default=moment)
        if later == moment:
            return moment
        moment = later
    return None


def opens_at(
    hours: TextingHours, zones: Sequence[str], state: str, *, kind: TextClass, now: datetime
) -> datetime:
    """The first moment from `now` on at which a text may go; where there is none, when to look again."""
    return hours.opens_at(kind, zones, state, now) or now + LOOK_AGAIN
