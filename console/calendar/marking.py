"""What staff mark on a visit at the desk, each with how it is taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.parts import visit_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, refused
from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.booking import at_the_desk

Flow = Callable[[Session, Actor, datetime], Any]


def _of(message: Message) -> str:
    return str(message["visit"])


def _back(name: str, visit_id: str) -> dict[str, Any]:
    return {"action": name, "visit": visit_id}


def arrive(message: Message) -> Outcome:
    visit = _of(message)
    return act(
        lambda session, actor, now: at_the_desk.arrive(session, actor, visit, now=now),
        "Marked as arrived",
        undo=_back("not_arrived", visit),
    )


def not_arrived(message: Message) -> Outcome:
    app, visit = current_app(), _of(message)
    return act(
        lambda session, actor, now: at_the_desk.not_arrived(session, app.reference, actor, visit, now=now),
        "Not arrived",
    )


def in_room(message: Message) -> Outcome:
    visit = _of(message)
    return act(
        lambda session, actor, now: at_the_desk.in_room(session, actor, visit, now=now),
        "In the room",
        undo=_back("not_in_room", visit),
    )


def not_in_room(message: Message) -> Outcome:
    return act(
        lambda session, actor, _now: at_the_desk.not_in_room(session, actor, _of(message)), "Not in the room"
    )


def complete(message: Message) -> Outcome:
    """With `dollars`, or with the value left open."""
    visit = _of(message)
    try:
        cents = visit_actions.dollars(str(message.get("dollars") or "0")) * 100
    except InvalidInput as error:
        return refused(error)
    return act(
        lambda session, actor, now: at_the_desk.complete(session, actor, visit, cents, now=now),
        "Completed",
        undo=_back("not_complete", visit),
    )


def not_complete(message: Message) -> Outcome:
    app, visit = current_app(), _of(message)
    return act(
        lambda session, actor, now: at_the_desk.not_complete(session, app.reference, actor, visit, now=now),
        "Not completed",
    )


def confirmed(message: Message) -> Outcome:
    visit = _of(message)
    return act(
        lambda session, actor, now: at_the_desk.confirm(session, actor, visit, said=True, now=now),
        "Marked as confirmed",
        undo=_back("unconfirmed", visit),
    )


def unconfirmed(message: Message) -> Outcome:
    visit = _of(message)
    return act(
        lambda session, actor, now: at_the_desk.confirm(session, actor, visit, said=False, now=now),
        "Not confirmed",
    )


ACTIONS: dict[str, Handler] = {
    "arrive": arrive,
    "not_arrived": not_arrived,
    "in_room": in_room,
    "not_in_room": not_in_room,
    "complete": complete,
    "not_complete": not_complete,
    "confirmed": confirmed,
    "unconfirmed": unconfirmed,
    "no_show": visit_actions.no_show,
    "cancel_visit": visit_actions.cancel_visit,
    "put_back_visit": visit_actions.put_back_visit,
}
