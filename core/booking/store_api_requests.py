"""SQL of requests to the booking API that named themselves. A name is kept as a keyed hash, its answer encrypted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.booking.tables import api_requests
from core.db.prepared import UpdateOne
from core.db.types import blind
from core.db.upsert import insert_into
from core.domain.ids import new_id

Q = api_requests.c
PURPOSE = "api_request"
_CHANGE = UpdateOne(api_requests)


@dataclass(frozen=True)
class Request:
    """One request. `answer`: JSON as it was given; None while it is being worked out in this very transaction."""

    id: str
    body_index: str
    answer: str | None
    is_new: bool


def begin(session: Session, request: str, body: str, since: datetime, now: datetime) -> Request:
    """The request of that name, new where none came since then. Whoever comes with the same one at the same moment
    waits here for the end of this transaction: the database keeps the name unique."""
    index = blind(session, PURPOSE, request)
    session.execute(delete(api_requests).where(Q.request_index == index, Q.created_at <= since))
    row = {
        "id": new_id(now),
        "request_index": index,
        "body_index": body_index(session, body),
        "created_at": now,
    }
    added = insert_into(session, api_requests).values(**row).on_conflict_do_nothing()
    if session.execute(added.returning(Q.id)).first():
        return Request(str(row["id"]), str(row["body_index"]), None, is_new=True)
    found = session.execute(select(Q.id, Q.body_index, Q.answer).where(Q.request_index == index)).one()
    return Request(found.id, found.body_index, found.answer, is_new=False)


def body_index(session: Session, body: str) -> str:
    return blind(session, f"{PURPOSE}_body", body)


def answered(session: Session, request_id: str, lead_id: str, answer: str) -> None:
    """What it was answered, under the key of the lead's patient."""
    _CHANGE.run(session, request_id, lead_id=lead_id)
    _CHANGE.run(session, request_id, answer=answer)


def forget(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` of those that came before; how many."""
    old = select(Q.id).where(Q.created_at <= before).order_by(Q.created_at).limit(limit)
    gone = delete(api_requests).where(Q.id.in_(old)).returning(Q.id)
    return len(session.execute(gone).all())
