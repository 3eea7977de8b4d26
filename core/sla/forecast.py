"""What a set of policies would mean for one lead, before anybody is measured by it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.hours import WeeklyHours
from core.sla.rules import TARGETS, Policy, choose, due_at


@dataclass(frozen=True)
class Due:
    """One target of that lead: the policy that holds, and when it would be due."""

    policy: Policy
    at: datetime


def forecast(
    policies: Sequence[Policy], lead: Mapping[str, str], hours: WeeklyHours, started_at: datetime
) -> list[Due]:
    """Every target that a policy holds for, in the order of TARGETS."""
    given = {policy.target for policy in policies}
    chosen = [choose(policies, target, lead) for target in TARGETS if target in given]
    return [Due(policy, due_at(policy, hours, started_at)) for policy in chosen]
