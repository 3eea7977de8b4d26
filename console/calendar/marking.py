"""What staff mark on a visit at the desk, each with how it is taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from console.parts import visit_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, refused
from core.domain.errors import InvalidInput
from core.flows.booking import at_the_desk

Flow = Callable[..., Any]


def _of(message: Message) -> str:
    return str(message["visit"])


def _back(name: str, visit_id: str) -> dict[str, Any]:
    return {"action": name, "visit": visit_id}


def _marked(message: Message, flow: Flow, said: str, *, back: str) -> Outcome:
    """`back`: the action that takes it back."""
    visit = _of(message)
    return act(
        lambda session, actor, now: flow(session, actor, visit, now=now), said, undo=_back(back, visit)
    )


def arrive(message: Message) -> Outcome:
    return _marked(message, at_the_desk.arrive, "Marked as arrived", back="not_arrived")


def _unmarked(message: Message, flow: Flow, said: str) -> Outcome:
    app, visit = current_app(), _of(message)
    return act(lambda session, actor, now: flow(session, app.reference, actor, visit, now=now), said)


def not_arrived(message: Message) -> Outcome:
    return _unmarked(message, at_the_desk.not_arrived, "Not arrived")


def in_room(message: Message) -> Outcome:
    return _marked(message, at_the_desk.in_room, "In the room", back="not_in_room")


def not_in_room(message: Message) -> Outcome:
    return act(
        lambda session, actor, _now: at_the_desk.not_in_room(session, actor, _of(message)), "Not in the room"
    )


def complete(message: Message) -> Outcome:
    """With `dollars`, or with the value left open."""
    try:
        cents = visit_actions.dollars(str(message.get("dollars") or "0")) * 100
    except InvalidInput as error:
        return refused(error)
    return _marked(
        message, partial(at_the_desk.complete, value_cents=cents), "Completed", back="not_complete"
    )


def not_complete(message: Message) -> Outcome:
    return _unmarked(message, at_the_desk.not_complete, "Not completed")


def confirmed(message: Message) -> Outcome:
    flow = partial(at_the_desk.confirm, said=True)
    return _marked(message, flow, "Marked as confirmed", back="unconfirmed")


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
