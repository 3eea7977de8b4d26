"""A sound design, and tallies of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.experiments.rules.designing import Design, Metric, Subject, Variant
from core.experiments.rules.guardrails import Tally, parse_limits
from core.shipped import read_toml

STARTED = datetime(2026, 10, 30, 13, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = parse_limits(read_toml("experiments.toml"))
TEXT = Subject("step", "lead/hour-4", "marketing", "lead_capture", "marketing")
DESIGN = Design(
    subject=TEXT,
    variants=(Variant("A", "booking link", 50), Variant("B", "question", 50)),
    metric=Metric("booked", 14),
    baseline=0.26,
    smallest_difference=0.09,
    least_per_arm=410,
    people_a_month=118,
    planned_end=STARTED + 243 * DAY,
)
THREE = (Variant("A", "as today", 50), Variant("B", "friendly", 25), Variant("C", "formal", 25))


def design(**changes: Any) -> Design:
    return replace(DESIGN, **changes)


def tally(key: str, counted: int, reached: int, **more: int) -> Tally:
    """Everybody's days have passed, unless `assigned` says otherwise."""
    return Tally(key, **({"assigned": counted, "counted": counted, "reached": reached} | more))
