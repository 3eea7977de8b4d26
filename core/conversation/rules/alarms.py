"""Who is told when a patient may be in danger, and when again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

EPISODE = timedelta(hours=1)  # cries of one episode get one safety reply
ROLES = frozenset({"frontdesk", "manager", "admin", "provider"})
TITLES = frozenset({"coordinator", "team_lead", "nurse_injector", "aesthetician", "medical_director"})
TELLABLE = frozenset({"owner", *ROLES, *(f"{role} on shift" for role in ROLES), *TITLES})


@dataclass(frozen=True)
class Level:
    """Whom to tell, so long after the alarm was raised. `tell`: the lead's owner, roles, or titles."""

    after: timedelta
    tell: tuple[str, ...]


@dataclass(frozen=True)
class Alarms:
    """The levels in order; the last one is repeated every `repeat` until somebody has acknowledged."""

    levels: tuple[Level, ...]
    repeat: timedelta

    def level(self, number: int) -> Level:
        """The level with this number from 0, the last one for all beyond it."""
        return self.levels[min(number, len(self.levels) - 1)]

    def wait_after(self, number: int) -> timedelta:
        """How long after a level the next one follows."""
        if number + 1 < len(self.levels):
            return self.levels[number + 1].after - self.levels[number].after
        return self.repeat


def parse_alarms(raw: Mapping[str, Any]) -> Alarms:
    """Read `data/alarms.toml`. Raises ValueError where a level is out of order or names nobody we know."""
    levels = tuple(
        Level(timedelta(minutes=one["after_minutes"]), tuple(one["tell"])) for one in raw["levels"]
    )
    if [level.after for level in levels] != sorted({level.after for level in levels}) or levels[0].after:
        raise ValueError("alarms.toml: levels start at 0 minutes, each later than the one before")
    unknown = {name for level in levels for name in level.tell} - TELLABLE
    if unknown:
        raise ValueError(
            f"alarms.toml: tell knows {', '.join(sorted(TELLABLE))}, not {', '.join(sorted(unknown))}"
        )
    return Alarms(levels, timedelta(minutes=raw["repeat_minutes"]))
