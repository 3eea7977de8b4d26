"""The SLA policies."""

from core import policies
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.setup.named_places import unknown_in_policies
from core.sla import policy_body
from core.versions.rules import Body, Kind


def _policy_problems(body: Body) -> list[Problem]:
    return [Problem(fault.field, fault.message) for fault in policy_body.faults(body, policies.CONDITIONS)]


SLA_POLICIES = Kind(
    name=policy_body.KIND,
    noun="set of targets",
    sees=Permission.SEE_POLICIES,
    permission=Permission.EDIT_POLICIES,
    parse=_policy_problems,
    shipped=policies.shipped,
    shown=policy_body.shown,
    sound=lambda session, _key, body: unknown_in_policies(session, body),
    used=lambda _session, _key: ["every clock starts by it"],
)
