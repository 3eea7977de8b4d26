"""Escalation: what happens while nobody reaches out to a new lead, edited, played, counted and published."""

from console.escalation.actions import ACTIONS
from console.escalation.view import offered
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("escalation/escalation")

with page(Permission.SEE_SLA, "Escalation") as visit:
    EDIT.mount(
        key="escalation",
        data={**offered(visit), "edits": visit.actor.may(Permission.EDIT_ESCALATION)},
        actions=ACTIONS,
    )
