"""What goes wrong on a usual day: forms that nobody could read or that look odd, and a text of unknown fate."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.app import App
from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.intake import store as raw_store
from core.intake.tables import raw_payloads
from core.leads.tables import leads
from core.messaging.tables import action_moves, attempts, sms_messages, timed_actions
from luxe.demo.held_forms import add_held_forms

_PAYLOAD = InsertOne(raw_payloads)
DEAD = (
    ("typeform", 0.9, "phone", "There is no question with a phone number in this form.",
     b'{"event_id":"demo-1","event_type":"form_response","form_response":{"form_id":"x1","answers":[]}}'),
    ("jotform", 5, None, "The answers of this form did not come with it: rawRequest is missing.",
     b"formID=241&submissionID=590"),
    ("generic", 26, None, "This is not JSON: it ends in the middle.", b'{"source":"zapier","contact":{"first_name":"'),
    ("generic", 75, "form_type", "The form type 'newsletter' is unknown.",
     b'{"source":"website","form_type":"newsletter","external_id":"n-1","contact":{"phone":"512-555-0199"}}'),
)  # fmt: skip


def add_loose_ends(app: App, dice: Random, now: datetime) -> None:
    """Write dead letters, and one text in doubt that waits for a person."""
    with app.db.write() as session:
        for connector, hours, field, error, body in DEAD:
            at = now - timedelta(hours=hours)
            _PAYLOAD.run(
                session,
                id=new_id(at),
                connector=connector,
                received_at=at,
                content_type="application/json",
                headers={"headers": {}, "ip": "203.0.113.9", "verified": True},
                body=body,
                body_index=raw_store.fingerprint(session, body),
                state="dead",
                error_field=field,
                error=error,
            )
        add_held_forms(session, now)
        _doubt(session, dice, now)


def _doubt(session: Session, dice: Random, now: datetime) -> None:
    """Turn a text of the last days that was sent into one whose answer was lost. Nothing looks it up by itself."""
    a = timed_actions.c
    candidates = session.execute(
        select(a.id, a.lead_id, a.settled_at)
        .join(leads, leads.c.id == a.lead_id)
        .where(a.state == "sent", a.kind == "text", a.audience == "patient", a.purpose == "marketing")
        .order_by(a.settled_at.desc())
        .limit(20)
    ).all()
    if not candidates:
        return
    chosen = dice.choice(candidates)
    values: dict[str, Any] = {"state": "unknown", "reason": "for_a_person", "sid": None, "verify_at": None}
    session.execute(update(timed_actions).where(a.id == chosen.id).values(**values))
    session.execute(
        update(sms_messages)
        .where(sms_messages.c.action_id == chosen.id)
        .values(status="handing_over", status_rank=1, twilio_sid=None, sent_at=None, delivered_at=None)
    )
    session.execute(
        update(attempts)
        .where(attempts.c.action_id == chosen.id)
        .values(
            finished_at=chosen.settled_at + timedelta(seconds=10), outcome="unknown", detail="connection lost"
        )
    )
    session.execute(
        insert(action_moves).values(
            id=new_id(now),
            action_id=chosen.id,
            at=chosen.settled_at + timedelta(seconds=30),
            state="unknown",
            reason="for_a_person",
            detail={"attempt": 1},
        )
    )
