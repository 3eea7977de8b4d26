"""What the clinic edits and publishes in versions: each kind with who may, what bars publishing and what ships.

A new kind is a file here and an entry in the list; the table, the stories (core/flows/publishing/) and the editor of
the console are the same.
"""

from core.kinds.assignment import ASSIGNMENT, NOBODY_OF_IT, RULES_KEY
from core.kinds.booking import BOOKING_KINDS, PACKAGES_KIND, RESOURCES_KIND, RULES_KIND, SERVICES_KIND
from core.kinds.clinic import CALENDAR_KIND, CLINIC_KIND, TREATMENTS_KIND
from core.kinds.escalation import ESCALATION, LEVELS_KEY
from core.kinds.policies import SLA_POLICIES
from core.kinds.quick_texts import QUICK_TEXT, quick_texts
from core.kinds.sequences import SEQUENCE
from core.kinds.templates import TEMPLATE, checked_for, template_errors

__all__ = [
    "ASSIGNMENT", "CALENDAR_KIND", "CLINIC_KIND", "ESCALATION", "KINDS", "LEVELS_KEY", "NOBODY_OF_IT",
    "PACKAGES_KIND", "QUICK_TEXT", "RESOURCES_KIND", "RULES_KEY", "RULES_KIND", "SEQUENCE", "SERVICES_KIND",
    "SLA_POLICIES", "TEMPLATE", "TREATMENTS_KIND", "checked_for", "quick_texts", "template_errors",
]  # fmt: skip

KINDS = {
    kind.name: kind
    for kind in (
        ASSIGNMENT, ESCALATION, QUICK_TEXT, SEQUENCE, SLA_POLICIES, TEMPLATE,
        CLINIC_KIND, CALENDAR_KIND, TREATMENTS_KIND, *BOOKING_KINDS,
    )
}  # fmt: skip
