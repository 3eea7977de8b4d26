"""Add a lead from the queue: what was typed goes to the story, and the new lead's page opens."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.errors import LostRace
from core.domain.roles import Actor
from core.flows.leads import lead_by_hand, verbal_consent
from core.flows.leads.lead_by_hand import ByHand

TYPED = (
    "how",
    "first_name",
    "last_name",
    "phone",
    "email",
    "treatment",
    "timeframe",
    "budget",
    "notes",
    "language",
    "location",
)


def told(message: Message, wording: str) -> ByHand:
    """What a message carries. `wording` was read out and agreed to where it says so."""
    return ByHand(
        request_id=str(message["request"]),
        **{name: str(message.get(name) or "") for name in TYPED},
        consent_wording=wording if message.get("agreed") else "",
        mine=bool(message.get("mine")),
        already_talked=bool(message.get("talked")),
    )


def add(message: Message) -> Outcome:
    """A form with the same new number may come in at this very moment: then it is done once more, after it."""
    first = _add(message)
    return _add(message) if first.state == "lost" else first


def _add(message: Message) -> Outcome:
    app, made = current_app(), list[str]()
    by_hand = told(message, verbal_consent.wording(app.reference))

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        try:
            accepted = lead_by_hand.add(session, app.reference, app.settings, actor, by_hand, now=now)
        except IntegrityError as error:
            raise LostRace("A form with this number came in at this moment. Press Add lead again.") from error
        made.append(accepted.lead_id or "")

    outcome = act(flow)
    if not outcome.ok:
        return outcome
    return Outcome("done", "Added", value=made[0], go=f"/lead?lead={made[0]}")


ACTIONS: dict[str, Handler] = {"add": add}
