"""Something became of a visit: whoever of the clinic's other systems listens is told, by rows that are written in the
transaction of the cause and called afterwards.

What is told is as of that moment, whenever it arrives. It has no name, no number and no words for a treatment: the
receiver may be any tool of the clinic's, and what it needs to know of the patient it asks for under its own key. The
service is named by its code alone.
"""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking.store import Visit
from core.domain.ids import new_id
from core.messaging.actions import WEBHOOK, NewAction, Purpose
from core.messaging.store import planning
from core.staff.store import people
from core.webhooks import rules, store
from core.webhooks.store import WAITING, Delivery

OUTSIDE = "outside"  # whom such an action is for: neither a patient nor one of us


def tell(session: Session, event: str, visit_id: str, now: datetime, *, location: str = "") -> None:
    """Plan it for everybody who listens; nothing is read or written where nobody does. `location`: where the visit is
    about to be, '' for where it is."""
    hearing = store.listening(session, event)
    if not hearing:
        return
    visit = visits.get(session, visit_id)
    event_id = new_id(now)
    body = written(event_id, event, _data(session, visit, location), now)
    planned = {new_id(now): endpoint_id for endpoint_id in hearing}
    actions = [_action(delivery_id, visit, body, now) for delivery_id in planned]
    ids = planning.plan_all(session, actions, now)
    rows = [
        Delivery(delivery_id, endpoint_id, visit.id, ids[_key(delivery_id)], event_id, event, WAITING)
        for delivery_id, endpoint_id in planned.items()
    ]
    store.keep(session, rows, now)


def written(event_id: str, event: str, data: dict[str, object], now: datetime) -> str:
    """The body as it is signed: the very same at each try."""
    said = {"id": event_id, "type": event, "created_at": rules.moment(now), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _data(session: Session, visit: Visit, location: str) -> dict[str, object]:
    provider = visit.provider_id
    return {
        "appointmentId": visit.id,
        "confirmationNumber": visit.code,
        "status": rules.STATUSES[visit.state],
        "service": visit.service or None,
        "provider": {"id": provider, "name": people.name(session, provider)} if provider else None,
        "location": location or visit.location,
        "start": rules.moment(visit.starts_at),
        "end": rules.moment(visit.ends_at),
        "sequence": visit.sequence,
    }


def _key(delivery_id: str) -> str:
    return f"webhook:{delivery_id}"


def _action(delivery_id: str, visit: Visit, body: str, now: datetime) -> NewAction:
    """Of the patient, so that it is cancelled with all that is planned about them; of no lead, whose work it is not."""
    return NewAction(
        key=_key(delivery_id),
        kind=WEBHOOK,
        due_at=now,
        purpose=Purpose.TRANSACTIONAL,
        audience=OUTSIDE,
        patient_id=visit.patient_id,
        variables={"body": body},
    )
