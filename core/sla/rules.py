"""Which target a lead has and when it is due. Pure.

compliance.md H: a clock runs in the location's opening hours; automated texts never stop it; it keeps the policy
it was started with; a breach stays a breach when the contact comes late. A pause takes opening time away, not wall
time: what is left of it goes on when the pause ends, so nothing becomes due at night or days late. Chapter 7 tells the
first attempt from the first conversation. docs/clocks.md has all of it in words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from core.domain.hours import NEVER, Span, WeeklyHours

# What a person owes a patient.
FIRST_CONTACT = "first_contact"
FIRST_CONVERSATION = "first_conversation"
NEXT_REPLY = "next_reply"
DANGER = "danger"
# What the product does by itself. Their time begins when the form reaches us: nobody could act before.
ASSIGNMENT = "assignment"
CONFIRMATION = "confirmation"
# What becomes of a request.
QUALIFICATION = "qualification"
CONSULTATION = "consultation_scheduled"
# Their clocks start with photos, visits and treatments; until then they are definitions.
PHOTO_REVIEW = "photo_review"
PROVIDER_RESPONSE = "provider_response"
CHECK_IN = "post_treatment_checkin"

RESPONSES = (FIRST_CONTACT, FIRST_CONVERSATION, NEXT_REPLY, DANGER)
MACHINE = (ASSIGNMENT, CONFIRMATION)
OUTCOMES = (QUALIFICATION, CONSULTATION)
TARGETS = (*RESPONSES, *MACHINE, *OUTCOMES, PHOTO_REVIEW, PROVIDER_RESPONSE, CHECK_IN)
FROM_THE_FORM = (FIRST_CONTACT, FIRST_CONVERSATION)
BY_PEOPLE = (*FROM_THE_FORM, *OUTCOMES)  # what starts with every form, beside the machine's
# What each end of a story ends. An unanswered call answers nothing that the patient wrote.
ENDS = {
    "attempt": (FIRST_CONTACT,),
    "text": (FIRST_CONTACT, NEXT_REPLY, DANGER),
    "answer": (FIRST_CONTACT, FIRST_CONVERSATION),
    "conversation": RESPONSES,
    "qualified": (QUALIFICATION,),
    "booking": (*RESPONSES, *OUTCOMES),
}
CONDITIONS = ("temperature", "form_type", "location", "occasion")
# compliance.md H: a sender's clock may be wrong, and a delivery that was held up for days is no lead of days ago.
LONGEST_ON_THE_WAY = timedelta(hours=24)
# compliance.md H: a clock stands still for the patient's sake alone, and not for ever: then it runs on.
LONGEST_PAUSE = timedelta(days=7)
SNOOZED, PATIENT = "snoozed", "patient"  # what a clock stands still for
# Somebody put the request aside until a moment that the patient wants. A danger waits for nothing, nor does a machine.
PAUSED_BY_SNOOZE = (FIRST_CONTACT, FIRST_CONVERSATION, NEXT_REPLY, *OUTCOMES)
Pause = tuple[datetime, datetime | None]  # from, to; None while it lasts


@dataclass(frozen=True)
class Policy:
    """One target. Empty conditions match every lead. `at_any_hour`: its minutes pass at night too.

    `warn`: how much of it is gone when its clock is shown as approaching; half, where it is None. `number`: the
    version of the policies that it stands in, which its clocks keep.
    """

    target: str
    name: str
    conditions: Mapping[str, str]
    within: timedelta
    at_any_hour: bool = False
    warn: timedelta | None = None
    number: int = 1


def parse_policies(raw: Mapping[str, Any], number: int = 1) -> tuple[Policy, ...]:
    """Read `data/sla_policies.toml`, or a published body, in order."""
    return tuple(_policy(target, entry, number) for target, entries in raw.items() for entry in entries)


def minutes_of(value: object) -> float | None:
    """A number, or one as a person types it; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def _policy(target: str, entry: Mapping[str, Any], number: int) -> Policy:
    within, warn = minutes_of(entry["minutes"]), minutes_of(entry.get("warn_minutes"))
    if within is None:
        raise ValueError(f"{target}: {entry['minutes']!r} is no number of minutes")
    return Policy(
        target,
        entry["name"],
        {key: entry[key] for key in CONDITIONS if entry.get(key)},
        timedelta(minutes=within),
        entry.get("at_any_hour", False),
        timedelta(minutes=warn) if warn else None,
        number,
    )


def strictest(policies: Iterable[Policy], target: str) -> timedelta:
    """The shortest time of a target that any lead has: what the clinic promises the keenest. Raises ValueError."""
    return min(policy.within for policy in policies if policy.target == target)


def choose(policies: Sequence[Policy], target: str, lead: Mapping[str, str]) -> Policy:
    """The most specific policy of `target` whose conditions the lead meets; of equally specific ones the first.

    Raises LookupError when not even one without a condition is there.
    """
    found = [
        policy
        for policy in policies
        if policy.target == target and all(lead.get(key) == value for key, value in policy.conditions.items())
    ]
    if not found:
        raise LookupError(f"no SLA policy for {target}: one must have no condition")
    return max(found, key=lambda policy: len(policy.conditions))


def clock_start(sent_at: datetime, received_at: datetime) -> datetime:
    """When a lead's clocks start: as the sender says, within the day before it reached us and never after."""
    return max(min(sent_at, received_at), received_at - LONGEST_ON_THE_WAY)


def due_at(policy: Policy, hours: WeeklyHours, started_at: datetime) -> datetime:
    """When the target's time has passed, of opening hours unless it counts at any hour. NEVER where none is open: that
    is an alarm of its own (core/setup/standing.py), and no time that a person could keep.
    """
    if policy.at_any_hour:
        return started_at + policy.within
    return due_after(hours, started_at, policy.within) or NEVER


def due_after_pause(
    hours: WeeklyHours,
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    *,
    at_any_hour: bool = False,
) -> datetime:
    """When a clock is due that stood still for a while: the opening time it had left goes on at `resumed_at`.

    What was late before the pause stays as late as it was.
    """
    if due_at <= paused_at or due_at >= NEVER:
        return due_at
    if at_any_hour:
        return due_at + (resumed_at - paused_at)
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
