"""Lead queue: what is due first, worked in place."""

from console.lead_queue.actions import ACTIONS
from console.parts.component import LiveComponent
from console.parts.words import STAFF_STATUS
from console.shell import page
from core.domain.roles import Permission
from core.leads.reasons import DISQUALIFIED
from core.reads import lead_queue

QUEUE = LiveComponent("lead_queue/lead_queue")

with page(Permission.SEE_LEADS, "Lead queue") as visit:
    QUEUE.mount(
        key="lead_queue",
        data={
            "me": visit.actor.staff_id,
            "works": visit.actor.may(Permission.WORK_LEADS),
            "colleagues": [
                {"id": one.id, "name": one.name, "status": STAFF_STATUS.get(one.status, "")}
                for one in visit.read(lead_queue.colleagues)
            ],
            "reasons": list(DISQUALIFIED.items()),
        },
        actions=ACTIONS,
    )
