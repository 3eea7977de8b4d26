"""What Check these does with the selected forms: send them on, put them aside, and take that back."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.errors import LostRace
from core.domain.roles import Actor
from core.flows.intake import checking
from core.flows.intake.checking import HANDLED, SentOn
from core.reads.check_these import MOST


def _ids(message: Message) -> list[str]:
    return [str(one) for one in list(message["ids"])[:MOST]]


def _forms(many: int) -> str:
    return "1 form" if many == 1 else f"{many} forms"


def send_on(message: Message) -> Outcome:
    """They become leads; what still stands against one is said."""
    app, ids = current_app(), _ids(message)
    found: list[SentOn] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        done = checking.send_on(session, app.reference, app.settings, actor, ids, now=now)
        if done.refused and not done.lead_ids:
            raise LostRace(done.refused[0])
        found.append(done)

    outcome = act(flow)
    return _said(found[0], len(ids)) if outcome.ok else outcome


def _said(done: SentOn, asked: int) -> Outcome:
    made = len(done.lead_ids)
    words = "It is a lead now" if asked == made == 1 else f"{_forms(made)} sent on"
    if done.refused:
        words += f". {_forms(asked - made)} could not be: {done.refused[0]}"
    return Outcome("done", words)


def put_aside(message: Message) -> Outcome:
    ids = _ids(message)

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        if not checking.put_aside(session, actor, ids, now=now):
            raise LostRace(HANDLED)

    words = "Put aside: not a patient" if len(ids) == 1 else f"{_forms(len(ids))} put aside: no patients"
    return act(flow, words, undo={"action": "put_back", "ids": ids})


def put_back(message: Message) -> Outcome:
    ids = _ids(message)

    def flow(session: Session, actor: Actor, now: datetime) -> Any:
        return checking.put_back(session, actor, ids, now=now)

    return act(flow, "It waits again" if len(ids) == 1 else "They wait again")


ACTIONS: dict[str, Handler] = {"send_on": send_on, "put_aside": put_aside, "put_back": put_back}
