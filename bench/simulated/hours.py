"""When a text may reach a phone: data/quiet_hours.toml read once more and worked out plainly, never by the product.

Only federal holidays of the six weeks are known here, and none of a single state: what this lets pass may still be
wrong, what it finds is.
"""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FILE = Path(__file__).resolve().parents[2] / "data" / "quiet_hours.toml"
HOLIDAYS = {date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 18)}
SATURDAY, SUNDAY = 5, 6
NAMES = {SATURDAY: "saturday", SUNDAY: "sunday"}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


def may_go(at: datetime, zone: str, state: str, *, marketing: bool) -> bool:
    """Whether a text may arrive at that moment at somebody in this zone and state."""
    there = at.astimezone(ZoneInfo(zone))
    rules, day = _file(), there.weekday()
    usual = rules["marketing" if marketing else "transactional"][NAMES.get(day, "weekdays")]
    own = rules["states"].get(state, {})
    windows = [usual, own["window"]] if "window" in own else [usual]
    if marketing and there.date() in HOLIDAYS:
        return False
    if marketing and day in NAMES and NAMES[day] in own:
        if own[NAMES[day]] == "none":
            return False
        windows = [usual, own[NAMES[day]]]
    return all(_within(there, window) for window in windows)


def _within(there: datetime, window: str) -> bool:
    opens, closes = window.split("-")
    return opens <= f"{there:%H:%M}" < closes
