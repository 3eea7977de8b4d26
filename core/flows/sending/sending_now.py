"""What would become of a text that a person wants to send, by the decision that every text meets at hand-over.

Nothing here decides by itself: consent, hours, the daily limit and stops are asked as the dispatcher asks them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.domain.wall import due_words
from core.flows.conversation.staff_text import planned_action
from core.flows.sending import dispatch_facts
from core.flows.sending.dispatch_world import World
from core.leads.store import leads
from core.messaging import held
from core.messaging.actions import Claimed, Lane, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.segments import size_of
from core.messaging.store import by_hand, dispatch
from core.messaging.store import planning as messaging
from core.messaging.store.texts import Recent
from core.operations import store as operations
from core.patients.store import profiles as patients


@dataclass(frozen=True)
class Outlook:
    """A text as it would go. `verdict`: goes, held (`until` a moment), dropped, stopped (until somebody lifts it).

    `words` say why it does not go now; '' where it goes.
    """

    body: str
    segments: int
    verdict: str
    reason: str
    until: datetime | None
    words: str


def preview_send_now(session: Session, app: App, actor: Actor, action_id: str, *, now: datetime) -> Outlook:
    """The wording of a planned text, and whether it would go now. Raises Denied, NotFound, InvalidInput, LostRace."""
    claim = _text(session, actor, action_id)
    # As a person's 'send now' makes it: its plan's conditions and its lateness count no more.
    hurried = replace(claim, useful_until=None, conditions=(), lane=int(Lane.URGENT))
    return outlook_of(session, app, hurried, now, now)


def send_now(session: Session, app: App, actor: Actor, action_id: str, *, now: datetime) -> Outlook:
    """Send a planned text at once, outside its plan, where it can go at once; else nothing is changed.

    Raises Denied, NotFound, InvalidInput(action) with what holds it and until when, LostRace when it left its plan.
    """
    claim = _text(session, actor, action_id)
    if claim.patient_id:
        patients.touch(
            session, claim.patient_id, now
        )  # two who hurry two texts to one patient: one after the other
    outlook = preview_send_now(session, app, actor, action_id, now=now)
    if outlook.verdict != "goes":
        raise InvalidInput.of("action", f"{outlook.words} It stays as planned.")
    if not messaging.bring_forward(session, action_id, by=actor.staff_id, now=now):
        raise LostRace(GONE)
    if claim.lead_id:
        leads.note_event(session, claim.lead_id, "sent_by_staff", "staff", now=now, staff_id=actor.staff_id)
    return outlook


GONE = "This text is not waiting any more."


def what_holds(session: Session, app: App, action_id: str, *, now: datetime) -> Outlook | None:
    """What awaits a text that was just planned, at its due time; None where it has left already."""
    claim = dispatch.planned(session, action_id)
    if claim is None:
        return None
    return outlook_of(session, app, claim, max(now, claim.planned_for), now)


def outlook_of(session: Session, app: App, claim: Claimed, leaves_at: datetime, now: datetime) -> Outlook:
    """What would become of a text that leaves its plan at `leaves_at`."""
    gate = operations.gate(session)
    world = dispatch_facts.gather(session, app, [claim], gate, leaves_at)
    if claim.purpose is not Purpose.MANUAL and claim.phone_index:
        # Others that were hurried a moment ago use up the day's limit before this one.
        ahead = by_hand.ahead_of(session, claim.phone_index, claim.id, now)
        world.recent.setdefault(claim.phone_index, []).extend(
            Recent(other, leaves_at, None) for other in ahead
        )
    claim = world.as_worded(claim)
    verdict, reason, until = _verdict(claim, world, gate.stopped, leaves_at)
    body = world.body(claim, leaves_at)
    moment = due_words(until, app.reference.clinic.zone, now) if until else ""
    return Outlook(body, size_of(body).segments, verdict, reason, until, held.words(verdict, reason, moment))


def _text(session: Session, actor: Actor, action_id: str) -> Claimed:
    action = planned_action(session, actor, action_id)
    if action.kind != "text":
        raise InvalidInput.of("action", "Only a text can be sent now.")
    claim = dispatch.planned(session, action_id)
    if claim is None:
        raise LostRace(GONE)
    return claim


def _verdict(
    claim: Claimed, world: World, stopped: str, leaves_at: datetime
) -> tuple[str, str, datetime | None]:
    match send_hold_drop.decide(claim, world.facts(claim), leaves_at):
        case send_hold_drop.Drop(reason, after):
            return "dropped", after or reason, None
        case _ if stopped:
            return "stopped", stopped, None
        case send_hold_drop.Hold(until, reason):
            return "held", reason, until
        case send_hold_drop.Send(reason):
            return "goes", reason, None
