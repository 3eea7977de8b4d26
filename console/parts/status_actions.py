"""Somebody says that they are available, busy, on a break or off duty: in the sidebar of every page, and on Staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from console.live import millis
from console.parts.component import Message
from console.process import current_app
from console.shell import Outcome, act, origin
from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.staff import standing


def set_status(message: Message) -> Outcome:
    """Of the person with the id; without one, one's own. `value`: until when it holds, in milliseconds."""
    staff_id, status = str(message.get("id") or ""), str(message["status"])
    app, until = current_app(), list[int | None]()

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        minutes = _minutes(message)
        set_now = standing.set_status(
            session,
            app.reference,
            app.settings,
            actor,
            staff_id or actor.staff_id,
            status,
            minutes,
            now=now,
            origin=origin("status"),
        )
        until.append(millis(set_now.until))

    outcome = act(flow)
    return Outcome("done", value=until[0]) if outcome.ok else outcome


def _minutes(message: Message) -> int | None:
    """None where none were given. Raises InvalidInput(minutes)."""
    given = str(message.get("minutes") or "").strip()
    if not given:
        return None
    if not given.isdecimal() or len(given) > 4:
        raise InvalidInput.of("minutes", "Give the minutes as a number, such as 15.")
    return int(given)
