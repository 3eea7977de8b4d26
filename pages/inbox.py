"""Inbox: every conversation with a patient, who waits longest first."""

from console.inbox.actions import ACTIONS
from console.parts import lead_choices
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission, closed_why

INBOX = LiveComponent("inbox/inbox")

with page(Permission.SEE_LEADS, "Inbox") as visit:
    with visit.app.db.read() as session:
        offered = lead_choices.offered(visit, session)
    INBOX.mount(
        key="inbox",
        data={
            "me": visit.actor.staff_id,
            "works": visit.actor.may(Permission.WORK_LEADS),
            "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
            "closed": closed_why(visit.actor, Permission.WORK_LEADS),
            **offered,
        },
        actions=ACTIONS,
    )
