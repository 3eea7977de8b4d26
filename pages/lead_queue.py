"""Lead queue: what is due first, worked in place."""

from console.lead_queue.actions import ACTIONS
from console.parts import hand_over as hand_over_view
from console.parts import setup, task_actions
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission, closed_why
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.reads import hand_over

QUEUE = LiveComponent("lead_queue/lead_queue")

with page(Permission.SEE_LEADS, "Lead queue") as visit:
    setup.show(visit)
    QUEUE.mount(
        key="lead_queue",
        data={
            "me": visit.actor.staff_id,
            "works": visit.actor.may(Permission.WORK_LEADS),
            "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
            "closed": closed_why(visit.actor, Permission.WORK_LEADS),
            "colleagues": [
                hand_over_view.row(one, visit.now, visit.app.settings.zone)
                for one in visit.read(hand_over.read, visit.app.reference, visit.now)
            ],
            "outcomes": list(CALL_OUTCOMES.items()),
            "choices": task_actions.offered(visit.app, visit.now),
            "reasons": list(DISQUALIFIED.items()),
        },
        actions=ACTIONS,
    )
