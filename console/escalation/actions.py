"""What the page of levels can start beyond drafting and publishing: one made-up lead, and the last month."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from console.escalation.view import EDITOR, played_row, replayed_row
from console.parts.component import Handler, Message
from console.parts.message import moment, number
from console.process import current_app
from console.shell import Outcome, ask
from core.alerting.replaying import replay
from core.domain.roles import Actor
from core.flows.escalation import trying_levels
from core.reads import escalation


def play(message: Message) -> Outcome:
    """What comes of a made-up lead by the levels in the fields."""
    app, asked = current_app(), message["fields"]
    place = app.reference.clinic.location(str(asked.get("location") or ""))
    at, priority = moment(asked, "at") or app.clock.now(), number(asked, "priority", 2)

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        played = trying_levels.play(
            session, actor, app.reference, _body(message), priority=priority, location=place.slug, moment=at
        )
        return played_row(played, place, at, str(priority))

    return ask(find)


def month(message: Message) -> Outcome:
    """How often each level would have come in the last month: by the levels in use, and by those in the fields."""
    app = current_app()

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        past = escalation.past(session, actor, app.reference, app.clock.now())
        draft = trying_levels.readable(_body(message))
        return replayed_row(replay(app.reference.escalation, past), replay(draft, past), len(past))

    return ask(find)


def _body(message: Message) -> Mapping[str, Any]:
    body = message.get("body")
    return body if isinstance(body, Mapping) else {}


ACTIONS: dict[str, Handler] = {**EDITOR.actions, "play": play, "month": month}
