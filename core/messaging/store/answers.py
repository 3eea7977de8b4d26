"""SQL of what was said to a number lately, for answers that no person gives."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import UtcDateTime, among, is_word
from core.messaging.actions import Purpose, State
from core.messaging.rules.answers import Said
from core.messaging.tables import sms_messages, timed_actions

S, A = sms_messages.c, timed_actions.c
NEVER_ARRIVED = ("failed", "undelivered", "canceled")
_SAID = Query(
    select(S.phone_index, S.action_id, S.created_at, S.origin, S.purpose, S.template_id).where(
        among(S.phone_index, "indexes"),
        S.created_at > bindparam("since", type_=UtcDateTime),
        S.direction == "outbound",
        S.origin != "staff_alert",
        *(S.status != gone for gone in NEVER_ARRIVED),
    )
)


def said_since(session: Session, phone_indexes: Sequence[str], since: datetime) -> dict[str, list[Said]]:
    """Texts of ours to each number that were handed over after `since` and not refused, any order."""
    found: dict[str, list[Said]] = {}
    for index, action_id, at, origin, purpose, template in _SAID.rows(
        session, indexes=phone_indexes, since=since
    ):
        answer = template or "answer" if purpose == Purpose.REPLY else ""
        one = Said(action_id or "", at, origin == "staff", answer)
        found.setdefault(index, []).append(one)
    return found


def answered_from(session: Session, phone_index: str, templates: Sequence[str], since: datetime) -> bool:
    """Whether a number was answered from one of these templates after `since`."""
    found = select(S.id).where(
        S.phone_index == phone_index, S.created_at > since, S.template_id.in_(templates)
    )
    return session.execute(found.limit(1)).first() is not None


def person_is_writing(session: Session, lead_id: str, until: datetime) -> bool:
    """Whether a text by hand to the patient of this lead is to go by then."""
    found = select(A.id).where(A.lead_id == lead_id, is_word(A.state, State.PLANNED))
    manual = found.where(A.purpose == Purpose.MANUAL.value, A.due_at <= until)
    return session.execute(manual.limit(1)).first() is not None


WAITS = (State.PLANNED.value, State.SENDING.value, State.UNKNOWN.value)


def confirmed(session: Session, lead_ids: Collection[str]) -> dict[str, datetime | None]:
    """When the first text that answers a form was handed over, by lead; None while it is to go.

    A lead is left out that got none and will get none.
    """
    answers = Purpose.CONFIRMATION.value
    going = select(A.lead_id).where(A.lead_id.in_(lead_ids), A.purpose == answers, A.state.in_(WAITS))
    gone = select(S.lead_id, func.min(S.sent_at)).where(
        S.lead_id.in_(lead_ids), S.purpose == answers, S.sent_at.is_not(None)
    )
    found: dict[str, datetime | None] = dict.fromkeys(session.execute(going).scalars())
    return found | {row[0]: row[1] for row in session.execute(gone.group_by(S.lead_id))}
