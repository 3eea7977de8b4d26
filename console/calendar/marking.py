"""What staff mark on a visit at the desk, each with how it is taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from console.parts import visit_actions
from console.parts.component import Handler, Message
from console.shell import Outcome, act, refused
from core.domain.errors import InvalidInput
from core.flows.booking import at_the_desk, completing

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


def complete(message: Message) -> Outcome:
    """With `dollars`, or with the value left open."""
    try:
        cents = visit_actions.dollars(str(message.get("dollars") or "0")) * 100
    except InvalidInput as error:
        return refused(error)
    return _marked(message, partial(completing.complete, value_cents=cents), "Completed", back="not_complete")


def not_complete(message: Message) -> Outcome:
    visit = _of(message)
    return act(
        lambda session, actor, now: completing.not_complete(session, actor, visit, now=now), "Not completed"
    )


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
    **visit_actions.MARKS,
    "complete": complete,
    "not_complete": not_complete,
    "confirmed": confirmed,
    "unconfirmed": unconfirmed,
    "no_show": visit_actions.no_show,
    "cancel_visit": visit_actions.cancel_visit,
    "put_back_visit": visit_actions.put_back_visit,
}
