"""Which target a lead has and when it is due. Pure.

compliance.md H: a clock runs in the location's opening hours; automated texts never stop it; it keeps the policy
it was started with; a breach stays a breach when the contact comes late. A pause takes opening time away, not wall
time: what is left of it goes on when the pause ends, so nothing becomes due at night or days late. Chapter 7 tells the
first attempt from the first conversation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.hours import Span, WeeklyHours

FIRST_CONTACT = "first_contact"
FIRST_CONVERSATION = "first_conversation"
NEXT_REPLY = "next_reply"
Pause = tuple[datetime, datetime | None]  # from, to; None while it lasts
DANGER = "danger"
FROM_THE_FORM = (FIRST_CONTACT, FIRST_CONVERSATION)
# What ends each target. An unanswered call answers nothing that the patient wrote.
ENDS = {
    "attempt": (FIRST_CONTACT,),
    "text": (FIRST_CONTACT, NEXT_REPLY, DANGER),
    "answer": (FIRST_CONTACT, FIRST_CONVERSATION),
    "conversation": (FIRST_CONTACT, FIRST_CONVERSATION, NEXT_REPLY, DANGER),
}
CONDITIONS = ("temperature", "form_type", "location")


@dataclass(frozen=True)
class Policy:
    """One target. Empty conditions match every lead. `at_any_hour`: its minutes pass at night too."""

    target: str
    name: str
    conditions: Mapping[str, str]
    within: timedelta
    at_any_hour: bool = False


def parse_policies(raw: Mapping[str, Any]) -> tuple[Policy, ...]:
    """Read `data/sla_policies.toml`, in order."""
    return tuple(
        Policy(
            target,
            entry["name"],
            {key: entry[key] for key in CONDITIONS if key in entry},
            timedelta(minutes=entry["minutes"]),
            entry.get("at_any_hour", False),
        )
        for target, entries in raw.items()
        for entry in entries
    )


def choose(policies: Sequence[Policy], target: str, lead: Mapping[str, str]) -> Policy:
    """The first policy of `target` whose conditions the lead meets. Raises LookupError when even the last does not."""
    for policy in policies:
        if policy.target == target and all(
            lead.get(key) == value for key, value in policy.conditions.items()
        ):
            return policy
    raise LookupError(f"no SLA policy for {target}: the last one must have no condition")


def due_at(policy: Policy, hours: WeeklyHours, started_at: datetime) -> datetime:
    """When the target's time has passed, of opening hours unless it counts at any hour.

    Falls back to wall time where it never opens, so that a clock always has an end.
    """
    opened = None if policy.at_any_hour else due_after(hours, started_at, policy.within)
    return opened or started_at + policy.within


def due_after_pause(
    hours: WeeklyHours, due_at: datetime, paused_at: datetime, resumed_at: datetime
) -> datetime:
    """When a clock is due that stood still for a while: the opening time it had left goes on at `resumed_at`.

    What was late before the pause stays as late as it was.
    """
    if due_at <= paused_at:
        return due_at
    left = open_time(hours, paused_at, due_at)
    due = due_after(hours, resumed_at, left) if left else None
    return due or due_at + (resumed_at - paused_at)


def due_after(
    hours: WeeklyHours, started_at: datetime, within: timedelta, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The first moment at which `within` of open, unpaused time has passed; None when that never comes."""
    if within <= timedelta():
        return started_at
    left = within
    for start, end in _counting(hours, started_at, pauses):
        if end - start >= left:
            return start + left
        left -= end - start
    return None


def open_time(hours: WeeklyHours, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """How much open, unpaused time lies between two moments."""
    total = timedelta()
    for opens, closes in _counting(hours, start, pauses):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def _counting(hours: WeeklyHours, moment: datetime, pauses: Sequence[Pause]) -> Iterator[Span]:
    """The spans from `moment` on in which a clock counts; no more of them once a pause without an end begins."""
    in_order = sorted(pauses, key=lambda pause: pause[0])
    for opens, closes in hours.spans_from(moment):
        start = opens
        for paused_at, resumed_at in in_order:
            if paused_at >= closes:
                break
            if paused_at > start:
                yield start, paused_at
            if resumed_at is None:
                return
            start = max(start, resumed_at)
        if start < closes:
            yield start, closes
