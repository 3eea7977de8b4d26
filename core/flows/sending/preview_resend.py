"""How each text and email of a resend would go now: today's values, today's decision to send, hold or drop.

Changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.domain.phone import show_phone
from core.domain.roles import Actor, Permission, require
from core.flows.sending import dispatch_facts, email_facts, emailing
from core.flows.sending.dispatch_world import World
from core.flows.sending.email_facts import Envelope
from core.flows.sending.resend import UNDO, found, in_turn, new_action
from core.messaging.actions import EMAIL, TEXT, Claimed, first_claim
from core.messaging.rules import send_hold_drop
from core.messaging.rules.send_hold_drop import Drop, Hold, Send
from core.messaging.segments import size_of
from core.operations import store as operations

UNSUBSCRIBE = "(a link of their own)"


@dataclass(frozen=True)
class Preview:
    """One text or email (`channel`) as it would go. `verdict`: goes, held (until `until`), dropped; `reason` is the
    decision's word. Of an email `phone` is its address and `body` begins with its subject."""

    action_id: str
    phone: str
    body: str
    segments: int
    verdict: str
    reason: str
    until: datetime | None = None
    channel: str = TEXT


def preview(
    session: Session, app: App, actor: Actor, action_ids: Sequence[str], *, now: datetime
) -> list[Preview]:
    """Each one with today's values and today's decision, in the order they leave. Raises Denied, NotFound."""
    require(actor, Permission.RESEND)
    claims = {
        original.id: first_claim(new_action(original, 1, due_at), phone_index=original.phone_index)
        for original, due_at in in_turn(found(session, action_ids), now)
    }
    gate = operations.gate(session)
    texts = [claim for claim in claims.values() if claim.kind == TEXT]
    world = dispatch_facts.gather(session, app, texts, gate, now + UNDO)
    return [
        _preview(action_id, world.as_worded(claim), world, claim.planned_for)
        if claim.kind == TEXT
        else _email(action_id, email_facts.gather(session, app, claim, gate, now + UNDO), claim.planned_for)
        for action_id, claim in claims.items()
    ]


def _preview(action_id: str, claim: Claimed, world: World, leaves_at: datetime) -> Preview:
    body = world.body(claim, leaves_at)
    phone, segments = show_phone(claim.phone or ""), size_of(body).segments
    verdict, reason, until = _decided(send_hold_drop.decide(claim, world.facts(claim), leaves_at))
    if verdict == "goes":
        world.count(claim, segments, leaves_at)
    return Preview(action_id, phone, body, segments, verdict, reason, until)


def _email(action_id: str, envelope: Envelope, leaves_at: datetime) -> Preview:
    """The link to unsubscribe is made as it leaves."""
    decided = send_hold_drop.decide(envelope.action, envelope.facts, leaves_at)
    subject, body = emailing.words(envelope, UNSUBSCRIBE, leaves_at)
    whole = "\n\n".join(filter(None, (subject, body)))
    return Preview(action_id, envelope.mailbox.address, whole, 0, *_decided(decided), EMAIL)


def _decided(decision: Send | Hold | Drop) -> tuple[str, str, datetime | None]:
    match decision:
        case Send(reason):
            return "goes", reason, None
        case Hold(until, reason):
            return "held", reason, until
        case Drop(reason, after):
            return "dropped", after or reason, None
