"""Assignment rules: who gets a lead and why, edited as sentences, tried and replayed before they are published."""

from console.assignment_rules.actions import ACTIONS
from console.assignment_rules.view import offered
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("assignment_rules/assignment_rules")

with page(Permission.SEE_RULES, "Assignment rules") as visit:
    EDIT.mount(
        key="assignment_rules",
        data={
            **offered(visit),
            "edits": visit.actor.may(Permission.EDIT_RULES),
            "hands": visit.actor.may(Permission.HAND_OVER),
        },
        actions=ACTIONS,
    )
