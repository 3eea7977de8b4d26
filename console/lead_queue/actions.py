"""What the queue can start beyond what a lead's page can."""

from typing import Any

from sqlalchemy.orm import Session

from console.lead_queue import adding, reviewing, view
from console.parts import lead_actions, thread_actions
from console.parts.component import Handler, Message
from console.parts.message import number
from console.process import current_app, known_people
from console.shell import Outcome, ask, saw
from core.domain.roles import Actor
from core.flows.access.looking import Depth
from core.reads import lead_queue
from core.reads.lead_backlog import Chosen


def search(message: Message) -> Outcome:
    """Leads of any state by name, phone or reference, as rows of the queue, and whether these are all of them."""
    app = current_app()

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        found = lead_queue.search(session, actor, str(message["text"])[:80], known_people())
        saw(actor, [lead.id for lead in found.rows], Depth.FOUND, "search", app.clock.now())
        since = view.reviewed_since(app, app.clock.now())
        rows = [view.row(lead, app.reference, since) for lead in found.rows]
        return {"rows": rows, "whole": found.whole}

    return ask(find)


def page(message: Message) -> Outcome:
    """One page of a filter, as rows of the queue: of more than the queue's own push holds."""
    app = current_app()
    now = app.clock.now()
    since = view.reviewed_since(app, now)

    def find(session: Session, actor: Actor) -> list[dict[str, Any]]:
        mine = actor.staff_id if message.get("owner") == "me" else ""
        chosen = Chosen(
            str(message.get("segment") or "all"),
            actor.staff_id,
            mine,
            str(message.get("form") or ""),
            str(message.get("source") or ""),
            since,
        )
        found = lead_queue.page(session, actor, chosen, number(message, "page", 1), now=now)
        saw(actor, [lead.id for lead in found], Depth.FOUND, "queue", now)
        return [view.row(lead, app.reference, since) for lead in found]

    return ask(find)


ACTIONS: dict[str, Handler] = {
    **lead_actions.ACTIONS,
    **adding.ACTIONS,
    **reviewing.ACTIONS,
    "compose": thread_actions.compose,
    "search": search,
    "page": page,
}
