"""What the page of hand-overs does: send one's own, take it back, take over what a colleague has left, give it on."""

from datetime import datetime

from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.roles import Actor
from core.flows.leads.handing_on import HandedOn
from core.flows.staff import handing_over


def send(message: Message) -> Outcome:
    """`note`: what the writer adds; `to`: a colleague's id, '' for whoever comes next."""
    reference = current_app().reference
    note, to = str(message.get("note") or ""), str(message.get("to") or "")
    return act(
        lambda session, actor, now: handing_over.send(session, reference, actor, note, to, now=now).id,
        "Handed over: whoever it is for sees it at once",
    )


def take_back(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: handing_over.take_back(session, actor, str(message["id"]), now=now),
        "Taken back",
    )


def take_over(message: Message) -> Outcome:
    done: list[HandedOn] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        done.append(handing_over.take_over(session, actor, str(message["id"]), now=now))

    outcome = act(flow)
    return Outcome("done", taken_words(done[0])) if outcome.ok else outcome


def give(message: Message) -> Outcome:
    """A manager gives what is left of it to `staff`."""
    settings = current_app().settings
    done: list[HandedOn] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        to = str(message["staff"])
        done.append(handing_over.give(session, settings, actor, str(message["id"]), to, now=now))

    outcome = act(flow)
    return Outcome("done", f"{_leads(done[0].given)} handed on") if outcome.ok else outcome


def refresh(_message: Message) -> Outcome:
    """The page runs again: something of it has changed."""
    return Outcome("done")


def taken_words(done: HandedOn) -> str:
    """'4 leads are yours. 1 had another owner by then, or was closed.'"""
    said = f"{_leads(done.given)} {'is' if done.given == 1 else 'are'} yours"
    return f"{said}. {done.waiting} had another owner by then, or was closed" if done.waiting else said


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count} leads"


ACTIONS: dict[str, Handler] = {
    "send": send,
    "take_back": take_back,
    "take_over": take_over,
    "give": give,
    "refresh": refresh,
}
