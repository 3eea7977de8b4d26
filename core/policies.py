"""The SLA policies: what comes with the product, and what the clinic published over it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from core.intake.rules import FORM_TYPES
from core.reference import Reference
from core.shipped import read_data
from core.sla import policy_body
from core.sla.rules import parse_policies
from core.versions.rules import InUse, only

# What a policy's conditions may name, beside the locations of the clinic.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "temperature": policy_body.TEMPERATURES,
    "form_type": tuple(sorted(FORM_TYPES)),
    "occasion": tuple(policy_body.OCCASIONS),
}


@cache
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """As they are drafted and published, under their one key. Raises SettingsError."""
    return {policy_body.KEY: read_data("sla_policies.toml", dict)}


def lay_over(found: Reference, own: list[InUse]) -> Reference:
    """What the clinic published in place of what ships. Raises ValueError where this release can't read it.

    A target that a later release brought is as it ships until the clinic publishes again.
    """
    published = only(own)
    if published is None:
        return found
    body = {**shipped()[policy_body.KEY], **published.body}
    for fault in policy_body.faults(body, CONDITIONS):
        raise ValueError(f"{fault.field}: {fault.message}")
    return replace(found, policies=parse_policies(body, published.number))
