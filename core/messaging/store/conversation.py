"""SQL of what staff and the patient of a lead have written to one another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import Purpose, State
from core.messaging.store.texts import MACHINES
from core.messaging.tables import sms_messages, timed_actions

S, A = sms_messages.c, timed_actions.c
SCHEDULED, UNTIL_REPLY = "scheduled", "untilReply"  # variables of a text that a person planned for later
ORDERS = ("opt_out", "opt_in", "help")  # answered by the machine: nobody has to read them


def by_staff(session: Session, lead_id: str) -> list[tuple[datetime, str | None]]:
    """(when it went, who wrote it) of each text that a person wrote to this lead's patient, oldest first."""
    statement = select(S.sent_at, S.staff_id).where(
        S.lead_id == lead_id, S.origin == "staff", S.sent_at.is_not(None)
    )
    return [(row.sent_at, row.staff_id) for row in session.execute(statement.order_by(S.sent_at))]


def last_from_patient(session: Session, lead_id: str) -> datetime | None:
    """When the patient last wrote."""
    statement = select(func.max(S.created_at)).where(S.lead_id == lead_id, S.direction == "inbound")
    return session.execute(statement).scalar()


@dataclass(frozen=True)
class Turn:
    """When a person last wrote in a lead's conversation, and since when the patient waits: None where we wrote last."""

    spoken_at: datetime | None
    waits_since: datetime | None


def turn(session: Session, lead_id: str) -> Turn:
    """Whose turn it is, from the texts themselves."""
    by_staff = (S.origin == "staff") & S.sent_at.is_not(None)
    ours = session.execute(select(func.max(S.sent_at)).where(S.lead_id == lead_id, by_staff)).scalar()
    heard = select(func.max(S.created_at), func.min(S.created_at)).where(
        S.lead_id == lead_id, S.origin == "patient", func.coalesce(S.understood_as, "").not_in(MACHINES)
    )
    last = session.execute(heard).one()[0]
    asked = heard.where(func.coalesce(S.understood_as, "").not_in(ORDERS))
    since = session.execute(asked.where(S.created_at > ours) if ours else asked).one()[1]
    return Turn(max(filter(None, (ours, last)), default=None), since)


@dataclass(frozen=True)
class Written:
    """Who planned a text of their own, and when."""

    staff_id: str | None
    at: datetime


def written_since(session: Session, lead_id: str, but_by: str, since: datetime) -> Written | None:
    """The newest text that somebody else wrote to a lead's patient after `since`, gone or about to go."""
    theirs = (A.lead_id == lead_id, A.purpose == Purpose.MANUAL.value, A.staff_id != but_by)
    row = session.execute(
        select(A.staff_id, A.created_at)
        .where(*theirs, A.created_at > since, A.state.not_in((State.CANCELLED.value, State.DROPPED.value)))
        .order_by(A.created_at.desc())
        .limit(1)
    ).one_or_none()
    return Written(*row) if row else None


def scheduled(
    session: Session, lead_ids: Collection[str], before: datetime
) -> list[tuple[str, dict[str, str]]]:
    """(action id, variables) of each text that a person had planned for later by then to these leads' patients."""
    theirs = (
        A.lead_id.in_(lead_ids),
        A.created_at <= before,
        A.purpose == Purpose.MANUAL.value,
        is_word(A.state, State.PLANNED),
    )
    rows = session.execute(select(A.id, A.variables).where(*theirs).order_by(A.id))
    return [(row.id, row.variables) for row in rows if row.variables.get(SCHEDULED)]
