"""SQL of raw payloads: what was sent to us, as it came, encrypted, and what became of it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.db.types import blind, is_word
from core.domain.errors import NotFound
from core.intake.draft import Delivery
from core.intake.tables import form_submissions, raw_payloads

SAME_FOR = timedelta(days=1)


class RawState(StrEnum):
    """What became of a payload. `dead` could not be read, `refused` could be read but had a fault; `replayed` was read
    again and `mended` was corrected by staff. `to_check` could be read and looks as if no person had sent it; then
    staff `sent_on` or `put_aside`.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEAD = "dead"
    REPLAYED = "replayed"
    MENDED = "mended"
    DISMISSED = "dismissed"
    TO_CHECK = "to_check"
    SENT_ON = "sent_on"
    PUT_ASIDE = "put_aside"


UNHANDLED = (RawState.DEAD, RawState.REFUSED)


@dataclass(frozen=True)
class Raw:
    """One payload to be read again. `submission_id` is set once a submission was made of it."""

    id: str
    connector: str
    received_at: datetime
    state: RawState
    submission_id: str | None
    error_field: str
    error: str
    delivery: Delivery


_PAYLOAD = InsertOne(raw_payloads)


def fingerprint(session: Session, body: bytes) -> str:
    """Keyed: whoever knew most of a form could find the rest of it by trying."""
    return blind(session, "payload", hashlib.sha256(body).hexdigest())


def keep(session: Session, raw_id: str, connector: str, delivery: Delivery, *, now: datetime) -> None:
    """Store a payload as it came, before anything looks into it.

    As accepted, which it is nearly always: whatever else it turns out to be is concluded in the same transaction.
    """
    _PAYLOAD.run(
        session,
        id=raw_id,
        connector=connector,
        received_at=now,
        content_type=delivery.content_type[:120],
        headers={"headers": dict(delivery.headers), "ip": delivery.ip, "verified": delivery.verified},
        body=delivery.body,
        body_index=fingerprint(session, delivery.body),
        state=RawState.ACCEPTED.value,
    )


def conclude(
    session: Session,
    raw_id: str,
    state: RawState,
    *,
    submission_id: str | None = None,
    error_field: str = "",
    error: str = "",
) -> None:
    """What became of a payload that is not simply accepted. `error` is ours and names no person."""
    values = {"submission_id": submission_id, "error_field": error_field[:60] or None, "error": error or None}
    session.execute(
        update(raw_payloads).where(raw_payloads.c.id == raw_id).values(state=state.value, **values)
    )


def withdraw(session: Session, raw_id: str) -> None:
    """Forget a payload of which there is the very same copy."""
    session.execute(delete(raw_payloads).where(raw_payloads.c.id == raw_id))


def waiting_twin(session: Session, connector: str, body: bytes, now: datetime) -> str | None:
    """The id of the very same bytes that already wait for a person: a sender that tries again adds no second row."""
    c = raw_payloads.c
    found = session.execute(
        select(c.id)
        .where(c.state.in_([state.value for state in UNHANDLED]), c.received_at >= now - SAME_FOR)
        .where(c.connector == connector, c.body_index == fingerprint(session, body))
        .limit(1)
    ).scalar_one_or_none()
    return str(found) if found else None


def is_first_of(session: Session, submission_id: str, body: bytes) -> bool:
    """Whether these are the bytes that the submission was made of."""
    statement = (
        select(raw_payloads.c.body_index)
        .join(form_submissions, form_submissions.c.raw_payload_id == raw_payloads.c.id)
        .where(form_submissions.c.id == submission_id)
    )
    return session.execute(statement).scalar_one_or_none() == fingerprint(session, body)


def take(session: Session, raw_id: str) -> Raw:
    """One payload, held until the transaction ends. Raises NotFound."""
    c = raw_payloads.c
    row = session.execute(
        select(
            c.id, c.connector, c.received_at, c.state, c.submission_id, c.error_field, c.error, c.body,
            c.content_type, c.headers,
        )
        .where(c.id == raw_id)
        .with_for_update()
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("This form is not here any more. Go back to the list.")
    kept = row.headers
    delivery = Delivery(row.body, row.content_type, kept["headers"], kept["ip"], kept["verified"])
    return Raw(
        row.id,
        row.connector,
        row.received_at,
        RawState(row.state),
        row.submission_id,
        row.error_field or "",
        row.error or "",
        delivery,
    )


def waiting_count(session: Session) -> int:
    """How many payloads wait for a person."""
    states = [state.value for state in UNHANDLED]
    statement = select(func.count()).select_from(raw_payloads).where(raw_payloads.c.state.in_(states))
    return int(session.execute(statement).scalar_one())


def to_check_count(session: Session) -> int:
    """How many forms wait to be checked."""
    statement = (
        select(func.count()).select_from(raw_payloads).where(is_word(raw_payloads.c.state, RawState.TO_CHECK))
    )
    return int(session.execute(statement).scalar_one())


def still_waits(session: Session, raw_id: str) -> bool:
    """Whether nobody has handled a payload yet."""
    state = session.execute(
        select(raw_payloads.c.state).where(raw_payloads.c.id == raw_id)
    ).scalar_one_or_none()
    return state in UNHANDLED


def settle(
    session: Session,
    raw_id: str,
    state: RawState,
    *,
    by: str,
    now: datetime,
    submission_id: str | None = None,
    reason: str | None = None,
) -> None:
    """Note who handled a payload, and how; `reason` is why it was put aside."""
    values = {"submission_id": submission_id, "handled_at": now, "handled_by": by, "reason": reason}
    session.execute(
        update(raw_payloads).where(raw_payloads.c.id == raw_id).values(state=state.value, **values)
    )


def reopen(session: Session, raw_id: str, state: RawState) -> None:
    """Let a payload wait for a person again, as if nobody had handled it."""
    nobody = {"handled_at": None, "handled_by": None, "reason": None}
    session.execute(
        update(raw_payloads).where(raw_payloads.c.id == raw_id).values(state=state.value, **nobody)
    )
