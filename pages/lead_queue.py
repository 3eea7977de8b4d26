"""Lead queue: what is due first, worked in place."""

from console.lead_queue.actions import ACTIONS
from console.parts import lead_choices, person_choices, setup
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission, closed_why

QUEUE = LiveComponent("lead_queue/lead_queue")

with page(Permission.SEE_LEADS, "Lead queue") as visit:
    with visit.app.db.read() as session:
        setup.show(visit, session)
        offered = lead_choices.offered(visit, session)
    QUEUE.mount(
        key="lead_queue",
        data={
            "me": visit.actor.staff_id,
            "works": visit.actor.may(Permission.WORK_LEADS),
            "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
            "hands": visit.actor.may(Permission.HAND_OVER),
            "closed": closed_why(visit.actor, Permission.WORK_LEADS),
            "reviews": visit.actor.may(Permission.REVIEW_LEADS),
            **offered,
            "add": person_choices.offered(visit.app),
        },
        actions=ACTIONS,
    )
