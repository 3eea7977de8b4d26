"""When a rule holds: conditions joined by all or any, each of them or a whole group turned round by `not`. Pure.

A condition in a body is `{"field": "group", "values": ["laser"]}` or a group, `{"match": "any", "conditions": [...]}`,
both with `"not": true` where they must not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from core.domain.hours import Window, parse_window

ALL, ANY = "all", "any"
DEEPEST = 4  # groups within groups; nobody reads more
MOST = 20
MOST_DIGITS = 7  # of an amount: what no number could hold would stop every form
YES = ("yes", "no")

# What a condition may ask about, as people say it.
FIELDS = {
    "group": "Kind of treatment",
    "treatment": "Treatment",
    "form": "Form",
    "value": "Value of at least",
    "vip": "VIP",
    "referral": "Referred by somebody",
    "priority": "Priority",
    "location": "Location",
    "language": "Language",
    "source": "Source",
    "hours": "Time of day",
    "zip": "ZIP code begins with",
}


class FaultyCondition(ValueError):
    """`place` within the condition, such as `values`, and what is wrong in words."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Leaf:
    """One question. It holds where any of `values` does."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Group:
    """Conditions that all, or any of which, must hold. An empty one holds."""

    match: str = ALL
    parts: tuple["Leaf | Group", ...] = ()
    negated: bool = False


def holds(condition: Leaf | Group, lead: Any) -> bool:
    """Whether `lead` (a `people.Wanted`) meets it."""
    if isinstance(condition, Leaf):
        met = any(_asks(condition.field, value, lead) for value in condition.values)
    elif not condition.parts:
        met = True
    else:
        quantor = any if condition.match == ANY else all
        met = quantor(holds(part, lead) for part in condition.parts)
    return met is not condition.negated


def _asks(field: str, value: str, lead: Any) -> bool:
    return ASKED[field](lead, value)


ASKED: Mapping[str, Callable[[Any, str], bool]] = {
    "group": lambda lead, value: lead.group == value,
    "treatment": lambda lead, value: lead.treatment == value,
    "form": lambda lead, value: lead.form_type == value,
    "value": lambda lead, value: lead.value_cents >= int(value) * 100,
    "vip": lambda lead, value: lead.vip is (value == "yes"),
    "referral": lambda lead, value: lead.referral is (value == "yes"),
    "priority": lambda lead, value: lead.priority == int(value),
    "location": lambda lead, value: lead.location == value,
    "language": lambda lead, value: lead.language == value,
    "source": lambda lead, value: lead.source.casefold() == value.casefold(),
    "hours": lambda lead, value: within(parse_window(value, over_midnight=True), lead.at),
    "zip": lambda lead, value: lead.zip.startswith(value),
}


def within(window: Window, at: time) -> bool:
    """Whether a time of day lies in a window, which may reach over midnight."""
    opens, closes = window
    return opens <= at < closes if opens < closes else at >= opens or at < closes


def parse_conditions(match: object, raw: object, depth: int = 0) -> Group:
    """Raises FaultyCondition, its place such as `conditions.2.values`."""
    if match not in (ALL, ANY):
        raise FaultyCondition("match", "Choose whether all or any of the conditions must hold.")
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise FaultyCondition("conditions", "Conditions are a list.")
    if len(raw) > MOST or depth > DEEPEST:
        raise FaultyCondition("conditions", f"That is too much for one rule: at most {MOST} conditions.")
    return Group(str(match), tuple(_at(place, one, depth) for place, one in enumerate(raw)))


def _at(place: int, raw: object, depth: int) -> Leaf | Group:
    try:
        return _condition(raw, depth)
    except FaultyCondition as fault:
        raise FaultyCondition(f"conditions.{place}.{fault.place}", str(fault)) from fault


def _condition(raw: object, depth: int) -> Leaf | Group:
    if not isinstance(raw, Mapping):
        raise FaultyCondition("field", "Choose what this condition asks about.")
    negated = raw.get("not", False) in (True, "true")
    if "conditions" in raw:
        group = parse_conditions(raw.get("match", ALL), raw["conditions"], depth + 1)
        return Group(group.match, group.parts, negated)
    field = str(raw.get("field"))
    if field not in FIELDS:
        raise FaultyCondition("field", f"Choose one of: {', '.join(FIELDS)}.")
    return Leaf(field, _values(field, raw.get("values")), negated)


def _values(field: str, raw: object) -> tuple[str, ...]:
    one = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
    values = tuple(str(value).strip() for value in one if value is not None and str(value).strip())
    if not values:
        raise FaultyCondition("values", f"Say which: {FIELDS[field].lower()}.")
    for value in values:
        _must_fit(field, value)
    return values


def _must_fit(field: str, value: str) -> None:
    if field == "value" and not (value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS):
        raise FaultyCondition("values", f"'{value}' is no amount: whole dollars, such as 2000.")
    if field in ("vip", "referral") and value not in YES:
        raise FaultyCondition("values", "Choose yes or no.")
    if field == "priority" and value not in ("1", "2", "3", "4"):
        raise FaultyCondition("values", "Priorities are 1, 2, 3 and 4.")
    if field == "zip" and not (value.isascii() and value.isdecimal() and len(value) <= len("12345")):
        raise FaultyCondition("values", f"'{value}' is no beginning of a ZIP code: up to five digits.")
    if field == "hours":
        try:
            parse_window(value, over_midnight=True)
        except ValueError:
            words = f"'{value}' is no time of day: write it like 17:00-20:00."
            raise FaultyCondition("values", words) from None
