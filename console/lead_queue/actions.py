"""What the queue can start beyond what a lead's page can."""

from typing import Any

from sqlalchemy.orm import Session

from console.lead_queue import adding, view
from console.parts import lead_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, ask, saw
from core.domain.roles import Actor
from core.flows.access.looking import Depth
from core.reads import lead_queue


def search(message: Message) -> Outcome:
    """Leads of any state by name, phone or reference, as rows of the queue."""
    app = current_app()

    def find(session: Session, actor: Actor) -> list[dict[str, Any]]:
        found = lead_queue.search(session, actor, str(message["text"])[:80])
        saw(actor, [lead.id for lead in found], Depth.FOUND, "search", app.clock.now())
        return [view.row(lead, app.reference) for lead in found]

    return ask(find)


ACTIONS: dict[str, Handler] = {**lead_actions.ACTIONS, **adding.ACTIONS, "search": search}
