"""SQL of received texts whose meaning somebody corrects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.messaging.store.planning import cancel_answer
from core.messaging.store.texts import InText
from core.messaging.tables import sms_messages, timed_actions

S = sms_messages.c
DANGER = "red_flag"
NEVER = ("cancelled", "dropped")


@dataclass(frozen=True)
class Reread:
    """A text that a patient wrote, with its words and what it was read as."""

    id: str
    lead_id: str | None
    sid: str
    phone: str
    phone_index: str
    body: str
    understood_as: str
    created_at: datetime
    read_at: datetime | None

    def as_received(self) -> InText:
        return InText(self.sid, self.phone, self.body, (), self.understood_as)


def received(session: Session, text_id: str) -> Reread | None:
    """An inbound text, held until the transaction ends; None for an unknown or outbound one."""
    columns: list[Any] = [
        S.id, S.lead_id, S.twilio_sid, S.phone, S.phone_index, S.message_body, S.understood_as, S.created_at, S.read_at,
    ]  # fmt: skip
    row = session.execute(
        select(*columns).where(S.id == text_id, S.direction == "inbound").with_for_update()
    ).one_or_none()
    if row is None:
        return None
    words = (row.twilio_sid or row.id, str(row.phone), row.phone_index, str(row.message_body))
    return Reread(row.id, row.lead_id, *words, row.understood_as or "", row.created_at, row.read_at)


def reread(session: Session, text_id: str, was: str, becomes: str) -> bool:
    """Change what a text is read as; False where it is read otherwise by now."""
    statement = update(sms_messages).where(S.id == text_id, S.understood_as == was)
    return bool(session.execute(statement.values(understood_as=becomes).returning(S.id)).all())


def others_in_danger(session: Session, lead_id: str, beside: Reread) -> bool:
    """Whether the patient told of danger in another text since."""
    since = (S.lead_id == lead_id, S.direction == "inbound", S.created_at >= beside.created_at)
    statement = select(S.id).where(*since, S.understood_as == DANGER, S.id != beside.id)
    return session.execute(statement.limit(1)).first() is not None


def cancel_answers(session: Session, sid: str, template: str, reason: str, *, by: str, now: datetime) -> int:
    """Stop what was to be answered to a text with this wording and has not left; how many."""
    return sum(cancel_answer(session, key, template, reason, by=by, now=now) for key in _keys(sid, template))


def was_answered(session: Session, sid: str, template: str) -> bool:
    """Whether a text was answered with this wording, or is about to be."""
    c = timed_actions.c
    statement = select(c.id).where(
        c.key.in_(_keys(sid, template)), c.template == template, c.state.not_in(NEVER)
    )
    return session.execute(statement.limit(1)).first() is not None


def _keys(sid: str, template: str) -> list[str]:
    return [f"answer:{sid}", f"answer:{sid}:{template}"]
