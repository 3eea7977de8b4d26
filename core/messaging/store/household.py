"""SQL of texts on a number that several people share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.messaging.tables import emails, sms_messages, timed_actions

S = sms_messages.c
SAID = "said"
GONE = ("failed", "undelivered", "canceled")


@dataclass(frozen=True)
class SpokenText:
    """We wrote to a patient, or they to us as a colleague said. `by_person`: a colleague had a hand in it."""

    patient_id: str
    at: datetime
    by_person: bool


def spoken(session: Session, phone_index: str, since: datetime) -> list[SpokenText]:
    """What was said on this number since then and whose conversation it was."""
    ours = (S.direction == "outbound") & (S.origin != "staff_alert") & S.status.not_in(GONE)
    rows = session.execute(
        select(S.patient_id, S.created_at, S.origin, S.whose).where(
            S.phone_index == phone_index,
            S.created_at > since,
            S.patient_id.is_not(None),
            or_(ours, S.whose == SAID),
        )
    )
    return [
        SpokenText(row.patient_id, row.created_at, row.origin == "staff" or row.whose == SAID) for row in rows
    ]


def mark(session: Session, text_id: str, whose: str) -> None:
    """Keep how it is known whose text this is: guessed, unclear, said."""
    session.execute(update(sms_messages).where(S.id == text_id).values(whose=whose))


@dataclass(frozen=True)
class Received:
    """A text that a patient wrote."""

    id: str
    patient_id: str | None
    lead_id: str | None
    phone_index: str
    whose: str | None
    created_at: datetime
    read_at: datetime | None


def received(session: Session, text_id: str) -> Received | None:
    """An inbound text; None for an unknown or outbound one."""
    columns: list[Any] = [S[name] for name in Received.__dataclass_fields__]
    row = session.execute(
        select(*columns).where(S.id == text_id, S.direction == "inbound").with_for_update()
    ).one_or_none()
    return Received(*row) if row else None


def hand(session: Session, text_id: str, patient_id: str, lead_id: str) -> None:
    """A text joins another conversation, because a person said so."""
    session.execute(
        update(sms_messages).where(S.id == text_id).values(patient_id=patient_id, lead_id=lead_id, whose=SAID)
    )


def others_received(session: Session, lead_id: str, text_id: str) -> int:
    """How many texts of the patient this lead has beside one."""
    statement = select(func.count()).where(S.lead_id == lead_id, S.direction == "inbound", S.id != text_id)
    return int(session.execute(statement).scalar_one())


def maybe_received(session: Session, lead_id: str, beside: Received) -> bool:
    """Whether another text since then is this lead's, or may be: its follow-up then stopped for a reason of its own."""
    since = S.created_at >= beside.created_at
    own = S.lead_id == lead_id
    unclear = (S.phone_index == beside.phone_index) & (S.whose == "unclear")
    statement = select(S.id).where(S.direction == "inbound", S.id != beside.id, since, or_(own, unclear))
    return session.execute(statement.limit(1)).first() is not None


def give_texts(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's texts to another, or `only` some of them; the ids of those given."""
    return hand_on(session, sms_messages, was, becomes, only)


def give_emails(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's emails to another, or `only` some of them; the ids of those given."""
    return hand_on(session, emails, was, becomes, only)


def give_actions(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's actions to another, or `only` some of them; the ids of those given."""
    return hand_on(session, timed_actions, was, becomes, only)
