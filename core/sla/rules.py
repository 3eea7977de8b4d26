"""Which target a lead has and when it is due. Pure.

compliance.md H: a clock runs in the location's opening hours; automated texts never stop it; it keeps the policy
it was started with; a breach stays a breach when the contact comes late. Chapter 7 tells the first attempt from the
first conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.hours import WeeklyHours

FIRST_CONTACT = "first_contact"
FIRST_CONVERSATION = "first_conversation"
NEXT_REPLY = "next_reply"
FROM_THE_FORM = (FIRST_CONTACT, FIRST_CONVERSATION)
# What ends each target. An unanswered call answers nothing that the patient wrote.
ENDS = {
    "attempt": (FIRST_CONTACT,),
    "text": (FIRST_CONTACT, NEXT_REPLY),
    "answer": (FIRST_CONTACT, FIRST_CONVERSATION),
    "conversation": (FIRST_CONTACT, FIRST_CONVERSATION, NEXT_REPLY),
}
CONDITIONS = ("temperature", "form_type", "location")


@dataclass(frozen=True)
class Policy:
    """One target. Empty conditions match every lead."""

    target: str
    name: str
    conditions: Mapping[str, str]
    within: timedelta


def parse_policies(raw: Mapping[str, Any]) -> tuple[Policy, ...]:
    """Read `data/sla_policies.toml`, in order."""
    return tuple(
        Policy(
            target,
            entry["name"],
            {key: entry[key] for key in CONDITIONS if key in entry},
            timedelta(minutes=entry["minutes"]),
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
    """When the target's time of opening hours has passed."""
    return hours.add(started_at, policy.within)
