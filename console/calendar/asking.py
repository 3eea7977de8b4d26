"""A visit is opened or about to move: what speaks against it, the text the patient would get, moving or asking."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.calendar import view
from console.calendar.saying import said
from console.live import millis
from console.parts.component import Handler, Message
from console.parts.message import moment
from console.process import current_app
from console.shell import Outcome, act, ask, saw
from core.booking import store as visits
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.access.looking import Depth
from core.flows.booking import asking_to_move, at_the_desk
from core.flows.booking.asking_to_move import Question
from core.messaging.segments import size_of
from core.reads import visit_move


def question(message: Message) -> Question:
    """`visit` to `at` with `provider`; `was` is the time that stood on the screen. Raises InvalidInput(at)."""
    to, seen = moment(message, "at"), moment(message, "was")
    if to is None or seen is None:
        raise InvalidInput.of("at", "This visit has no time yet. Set one on the lead's page.")
    return Question(str(message["visit"]), to, str(message.get("provider") or ""), seen)


def opened(message: Message) -> Outcome:
    """A visit's panel is open. All that it shows was pushed before: this is for the trail."""

    def read(session: Session, actor: Actor) -> None:
        require(actor, Permission.SEE_CALENDAR)
        lead_id = visits.get(session, str(message["visit"])).lead_id
        saw(actor, [lead_id], Depth.OPENED, "calendar", current_app().clock.now())

    return ask(read)


def look(message: Message) -> Outcome:
    """What the panel shows of a move that nobody has made: checks, the very text, what moves with it."""
    app, asked = current_app(), question(message)

    def read(session: Session, actor: Actor) -> dict[str, Any]:
        now = app.clock.now()
        found = visit_move.look(
            session, actor, app.reference, asked.visit_id, asked.at, asked.provider_id, now=now
        )
        saw(actor, [found.visit.lead_id], Depth.OPENED, "calendar", now)
        titles = {key: one.title for key, one in app.library.now(session).items()}
        until = asking_to_move.until(asked.seen, asked.at, now, app.reference.bookable.rules.answer)
        text = asking_to_move.preview(session, app, asked, until, now) if until else ""
        size = size_of(text).segments if text else 0
        return view.move(found, titles) | {"text": text, "segments": size, "until": millis(until)}

    return ask(read)


def move(message: Message) -> Outcome:
    """No text says so; `reason` stays in the timeline."""
    app, asked = current_app(), question(message)
    reason, before = str(message.get("reason") or ""), str(message.get("from") or "")

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        at_the_desk.move(
            session,
            app.reference,
            actor,
            asked.visit_id,
            asked.at,
            provider_id=asked.provider_id,
            reason=reason,
            seen=asked.seen,
            now=now,
        )

    back = {
        "action": "move",
        "visit": asked.visit_id,
        "at": millis(asked.seen),
        "was": millis(asked.at),
        "provider": before,
    }
    return act(flow, f"Moved to {said(asked.at, message)}, no text sent", undo=back)


def ask_patient(message: Message) -> Outcome:
    """Both times are held until the answer."""
    app, asked = current_app(), question(message)

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        return asking_to_move.ask(session, app.reference, actor, asked, now=now).id

    done = act(flow)
    if not done.ok:
        return done
    return Outcome("done", f"Asked about {said(asked.at, message)}", {"action": "unask", "hold": done.value})


def unask(message: Message) -> Outcome:
    done = act(
        lambda session, actor, now: asking_to_move.take_back(session, actor, str(message["hold"]), now=now)
    )
    if not done.ok:
        return done
    return Outcome("done", "Nobody was asked" if done.value else "The text had gone out: call the patient")


ACTIONS: dict[str, Handler] = {
    "opened": opened,
    "look": look,
    "move": move,
    "ask": ask_patient,
    "unask": unask,
}
