"""How often each level would have come in a month that is over. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.alerting.rules import Escalation


@dataclass(frozen=True)
class Waited:
    """A lead of the past: how many opening seconds went by until a person reached out or it was over, and until
    somebody acknowledged it, None for never."""

    priority: int
    seconds: float
    acknowledged: float | None


@dataclass(frozen=True)
class Fired:
    """How many leads came to a level of so many minutes."""

    minutes: int
    leads: int


def replay(found: Escalation, past: Sequence[Waited]) -> list[Fired]:
    """Each level, in order."""
    return [
        Fired(level.minutes, sum(_comes(one, level.after.total_seconds(), spared=level.unless_acknowledged)
                                 for one in past if one.priority in found.priorities))
        for level in found.levels
    ]  # fmt: skip


def _comes(one: Waited, after: float, *, spared: bool) -> bool:
    acknowledged = spared and one.acknowledged is not None and one.acknowledged <= after
    return one.seconds >= after and not acknowledged
