"""Leads by name, number or reference, for a screen that shows something for one person's eyes."""

from sqlalchemy.orm import Session

from console.process import current_app, known_people
from console.shell import Outcome, ask, saw
from core.domain.phone import show_phone
from core.domain.roles import Actor
from core.flows.access.looking import Depth
from core.reads import lead_queue

LONGEST = 80


def found(text: str, where: str) -> Outcome:
    """[{id, name, about}]; `where`: the screen, as the trail says it. Raises Denied."""
    app = current_app()

    def find(session: Session, actor: Actor) -> list[dict[str, str]]:
        leads = lead_queue.search(session, actor, text[:LONGEST], known_people()).rows
        saw(actor, [lead.id for lead in leads], Depth.FOUND, where, app.clock.now())
        return [
            {
                "id": lead.id,
                "name": f"{lead.first_name} {lead.last_name}".strip() or show_phone(lead.phone or ""),
                "about": show_phone(lead.phone) if lead.phone else "",
            }
            for lead in leads
        ]

    return ask(find)
