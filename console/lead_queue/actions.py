"""What the queue can start beyond what a lead's page can."""

from console.lead_queue import adding, view
from console.parts import lead_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, saw
from console.signed_in import current_session
from core.flows.access.looking import Depth
from core.reads import lead_queue


def search(message: Message) -> Outcome:
    """Leads of any state by name, phone or reference, as rows of the queue."""
    app, who = current_app(), current_session()
    if who is None or who.must_change_password:
        return Outcome("ended", "You are signed out.")
    with app.db.read() as session:
        found = lead_queue.search(session, who.actor, str(message["text"])[:80])
    saw(who.actor, [lead.id for lead in found], Depth.FOUND, "search", app.clock.now())
    return Outcome("done", value=[view.row(lead, app.reference) for lead in found])


ACTIONS: dict[str, Handler] = {**lead_actions.ACTIONS, **adding.ACTIONS, "search": search}
