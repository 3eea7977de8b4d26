"""A sequence as data: its steps, when each is due, when it no longer helps. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.errors import InvalidInput

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
CONDITIONS = frozenset({"not_attempted", "not_contacted", "not_replied", "not_booked"})
STOPS = frozenset({"reply", "contact", "booking", "opt_out", "disqualified"})


@dataclass(frozen=True)
class Step:
    """One step. `kind` text or call_task; `after` from the start; `useful` how long past that it still helps."""

    name: str
    kind: str
    after: timedelta
    useful: timedelta
    purpose: str
    template: str
    title: str
    conditions: tuple[str, ...]
    lane: str

    def due(self, started_at: datetime) -> datetime:
        return started_at + self.after


@dataclass(frozen=True)
class Sequence:
    """A plan in one version, and what stops it."""

    key: str
    version: int
    stops_on: frozenset[str]
    steps: tuple[Step, ...]


def parse_span(text: str) -> timedelta:
    """`5m`, `2h`, `14d`. Raises ValueError otherwise."""
    return (
        timedelta(**{UNITS[text[-1]]: int(text[:-1])})
        if text[-1:] in UNITS and text[:-1].isdecimal()
        else _bad_span(text)
    )


def _bad_span(text: str) -> timedelta:
    raise ValueError(f"{text!r} is not a span such as 5m, 2h or 14d")


def parse_sequence(key: str, raw: Mapping[str, Any]) -> Sequence:
    """Read a sequence file. Raises InvalidInput naming the step and the field."""
    steps = tuple(_step(entry) for entry in raw["steps"])
    names = [step.name for step in steps]
    if len(set(names)) != len(names):
        raise InvalidInput.of("steps", f"{key}: two steps share a name")
    stops = frozenset(raw["stops_on"])
    if stops - STOPS:
        raise InvalidInput.of("stops_on", f"{key}: unknown {', '.join(sorted(stops - STOPS))}")
    return Sequence(key, int(raw["version"]), stops, steps)


def _step(entry: Mapping[str, Any]) -> Step:
    conditions = tuple(entry.get("conditions", ()))
    if set(conditions) - CONDITIONS:
        raise InvalidInput.of(
            "conditions", f"{entry['name']}: unknown {', '.join(sorted(set(conditions) - CONDITIONS))}"
        )
    return Step(
        name=entry["name"],
        kind=entry["kind"],
        after=parse_span(entry["after"]),
        useful=parse_span(entry["useful"]),
        purpose=entry.get("purpose", "transactional"),
        template=entry.get("template", ""),
        title=entry.get("title", ""),
        conditions=conditions,
        lane=entry.get("lane", "bulk"),
    )
