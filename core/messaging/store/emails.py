"""SQL of emails: what was handed over to which address, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.db.sealing import sealed_change, sealed_rows
from core.domain.ids import new_id
from core.messaging.tables import emails

E = emails.c
HANDING_OVER, SENT, FAILED, BOUNCED, COMPLAINED = "handing_over", "sent", "failed", "bounced", "complained"
LONGEST_DETAIL = 16


@dataclass(frozen=True)
class OutEmail:
    """An email at the moment of hand-over."""

    action_id: str
    lead_id: str | None
    patient_id: str | None
    purpose: str
    template: str | None
    template_version: int
    language: str
    neutral: bool
    subject: str
    body: str
    address: str
    email_index: str


def hand_over(session: Session, email: OutEmail, now: datetime) -> None:
    """Write it at its first try, and its words and address of now at each later one."""
    values = {
        "template_version": email.template_version,
        "language": email.language,
        "neutral": email.neutral,
        "subject": email.subject,
        "body": email.body,
        "address": email.address,
        "email_index": email.email_index,
        "status": HANDING_OVER,
        "error_code": None,
        "created_at": now,
    }
    before = of_action(session, email.action_id)
    if before is None:
        _insert(session, email, values, now)
    else:
        sealed = sealed_change(session, emails, before.id, values)
        session.execute(update(emails).where(E.id == before.id).values(**sealed))


def _insert(session: Session, email: OutEmail, values: dict[str, Any], now: datetime) -> None:
    row = {
        "id": new_id(now),
        "patient_id": email.patient_id,
        "lead_id": email.lead_id,
        "action_id": email.action_id,
        "purpose": email.purpose,
        "template_id": email.template,
        "detail": "",
        **values,
    }
    session.execute(insert(emails), sealed_rows(session, emails, [row]))


@dataclass(frozen=True)
class EmailBrief:
    """What the stories about one email need. `email_index` is None once its patient was erased."""

    id: str
    action_id: str
    lead_id: str | None
    patient_id: str | None
    email_index: str | None
    status: str
    template_id: str | None
    purpose: str


_BRIEF: list[Any] = [E[name] for name in EmailBrief.__dataclass_fields__]


def of_action(session: Session, action_id: str) -> EmailBrief | None:
    row = session.execute(select(*_BRIEF).where(E.action_id == action_id)).one_or_none()
    return EmailBrief(*row) if row else None


def sent(session: Session, action_id: str, now: datetime) -> None:
    """The mail server took it. A report that was quicker than this result stands."""
    on_its_way = (E.action_id == action_id, E.status == HANDING_OVER)
    session.execute(update(emails).where(*on_its_way).values(status=SENT, sent_at=now))


def ended(
    session: Session,
    action_ids: Sequence[str],
    status: str,
    now: datetime,
    *,
    code: int | None = None,
    detail: str = "",
) -> None:
    """It failed, bounced, or was complained about; `detail` is a status such as 5.1.1."""
    values = {"status": status, "error_code": code, "detail": detail[:LONGEST_DETAIL], "ended_at": now}
    session.execute(update(emails).where(E.action_id.in_(action_ids)).values(**values))


def withdraw(session: Session, action_ids: Sequence[str], now: datetime) -> None:
    """A first try was refused for now and there will be no second: the email was not sent."""
    never_taken = (E.action_id.in_(action_ids), E.status == HANDING_OVER)
    session.execute(update(emails).where(*never_taken).values(status=FAILED, ended_at=now))
