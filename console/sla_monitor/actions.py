"""What the SLA board asks for: the dialog of wall links, and a page of more clocks than its push holds."""

from typing import Any

from sqlalchemy.orm import Session

from console.parts import lead_actions
from console.parts.component import Handler, Message
from console.parts.message import number
from console.process import current_app
from console.shell import Outcome, ask
from console.sla_monitor import view, wall_links
from core.domain.roles import Actor
from core.reads import sla_backlog
from core.reads.sla_backlog import Chosen


def page(message: Message) -> Outcome:
    """One page of a filter, as rows of the board."""

    def find(session: Session, actor: Actor) -> list[dict[str, Any]]:
        chosen = Chosen(*(str(message.get(name) or "") for name in ("location", "form", "kind", "team")))
        coming = view.levels_now(current_app(), session)
        found = sla_backlog.page(session, actor, chosen, number(message, "page", 1), coming.escalation)
        return [view.row(clock, coming) for clock in found]

    return ask(find)


ACTIONS: dict[str, Handler] = {
    **wall_links.ACTIONS,
    "page": page,
    "take_up": lead_actions.take_up,
}
