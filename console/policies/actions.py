"""What the policy editor asks for beyond drafting and publishing: what a set of policies means for one lead."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.parts.message import moment
from console.policies.view import EDITOR, tried
from console.process import current_app
from console.shell import Outcome, ask
from core.domain.roles import Actor, Permission, require

FACTS = ("form_type", "temperature", "location")


def try_out(message: Message) -> Outcome:
    """When a made-up lead would be due by the body in the fields."""
    app, body, asked = current_app(), message.get("body"), message["fields"]
    lead = {name: str(asked.get(name) or "") for name in FACTS}
    sent_at = moment(asked, "at") or app.clock.now()

    def find(_session: Session, actor: Actor) -> dict[str, Any]:
        require(actor, Permission.SEE_POLICIES)
        return tried(app.reference, body if isinstance(body, Mapping) else {}, lead, sent_at)

    return ask(find)


ACTIONS: dict[str, Handler] = {**EDITOR.actions, "try_out": try_out}
