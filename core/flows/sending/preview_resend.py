"""How each text of a resend would go now: today's values, today's decision to send, hold or drop. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.phone import show_phone
from core.domain.roles import Actor, Permission, require
from core.flows.sending import dispatch_facts
from core.flows.sending.resend import UNDO, found, in_turn, new_action
from core.messaging.actions import Claimed
from core.messaging.rules import send_hold_drop
from core.messaging.segments import size_of
from core.messaging.store.resend import Original
from core.operations import store as operations
from core.reference import Reference


@dataclass(frozen=True)
class Preview:
    """One text as it would go. `verdict`: goes, held (until `until`), dropped; `reason` is the decision's word."""

    action_id: str
    phone: str
    body: str
    segments: int
    verdict: str
    reason: str
    until: datetime | None = None


def preview(
    session: Session, reference: Reference, actor: Actor, action_ids: Sequence[str], *, now: datetime
) -> list[Preview]:
    """Each text with today's values and today's decision, in the order they leave. Raises Denied, NotFound."""
    require(actor, Permission.RESEND)
    claims = {
        original.id: _as_claimed(original, due_at)
        for original, due_at in in_turn(found(session, action_ids), now)
    }
    gate = operations.gate(session)
    world = dispatch_facts.gather(session, reference, list(claims.values()), gate, now + UNDO)
    return [
        _preview(action_id, claim, world, reference, claim.planned_for) for action_id, claim in claims.items()
    ]


def _preview(
    action_id: str, claim: Claimed, world: dispatch_facts.World, reference: Reference, leaves_at: datetime
) -> Preview:
    body = claim.body or reference.templates[claim.template or ""].render(world.values(claim, leaves_at))
    phone, segments = show_phone(claim.phone or ""), size_of(body).segments
    match send_hold_drop.decide(claim, world.facts(claim), leaves_at):
        case send_hold_drop.Send(reason):
            world.count(claim, segments, leaves_at)
            return Preview(action_id, phone, body, segments, "goes", reason)
        case send_hold_drop.Hold(until, reason):
            return Preview(action_id, phone, body, segments, "held", reason, until)
        case send_hold_drop.Drop(reason, after):
            return Preview(action_id, phone, body, segments, "dropped", after or reason)


def _as_claimed(original: Original, due_at: datetime) -> Claimed:
    """The new action as the dispatcher will see it."""
    action = new_action(original, 1, due_at)
    return Claimed(
        id=action.key,
        kind=action.kind,
        lane=int(action.lane),
        purpose=action.purpose,
        audience=action.audience,
        planned_for=action.due_at,
        useful_until=action.useful_until,
        lead_id=action.lead_id,
        patient_id=action.patient_id,
        staff_id=action.staff_id,
        enrollment_id=action.enrollment_id,
        step=action.step,
        conditions=action.conditions,
        template=action.template,
        variables=action.variables,
        phone=action.phone,
        phone_index=original.phone_index,
        body=action.body,
        attempt=1,
        reason="",
    )
