"""What the page of rules can start beyond drafting and publishing: what if, the month anew, back on the rotation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.assignment_rules.view import EDITOR, replayed_row, tried_row
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask
from core.domain.roles import Actor
from core.flows.leads import handing_on, rotation, trying_rules
from core.flows.leads.handing_on import HandedOn
from core.reads import assignment_rules


def what_if(message: Message) -> Outcome:
    """Who would be given a made-up lead by the rules in the fields."""
    app, body, lead = current_app(), _body(message), message["fields"]

    def try_it(session: Session, actor: Actor) -> dict[str, Any]:
        now = app.clock.now()
        return tried_row(trying_rules.what_if(session, app.reference, actor, body, lead, now=now))

    return ask(try_it)


def replay(message: Message) -> Outcome:
    """Who would have had the leads of the last month by the rules in the fields."""
    app, body = current_app(), _body(message)

    def try_it(session: Session, actor: Actor) -> dict[str, Any]:
        past = assignment_rules.past(session, actor, app.reference, app.clock.now())
        takers = assignment_rules.people(session, actor)
        return replayed_row(trying_rules.replay_month(session, app.reference, actor, body, past), takers)

    return ask(try_it)


def bring_back(message: Message) -> Outcome:
    """Somebody who was taken off the rotation gets leads again."""
    staff_id = str(message["staff"])
    return act(
        lambda session, actor, now: rotation.bring_back(session, actor, staff_id, now=now),
        "Back on the rotation",
    )


def hand_over(message: Message) -> Outcome:
    """All open leads of somebody go to a colleague, or to whom the rules say."""
    app, staff_id, to = current_app(), str(message["staff"]), str(message.get("to") or "")
    done: list[HandedOn] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        done.append(handing_on.hand_over(session, app.reference, app.settings, actor, staff_id, to, now=now))

    outcome = act(flow)
    return Outcome("done", _handed(done[0])) if outcome.ok else outcome


def _handed(done: HandedOn) -> str:
    gave = "1 lead has another owner" if done.given == 1 else f"{done.given} leads have another owner"
    return f"{gave}; {done.waiting} wait for somebody who is free" if done.waiting else gave


def _body(message: Message) -> Mapping[str, Any]:
    body = message.get("body")
    return body if isinstance(body, Mapping) else {}


ACTIONS: dict[str, Handler] = {
    **EDITOR.actions,
    "what_if": what_if,
    "replay": replay,
    "bring_back": bring_back,
    "hand_over": hand_over,
}
