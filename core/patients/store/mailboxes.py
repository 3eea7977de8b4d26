"""SQL of patients' email addresses: where emails go now, and who shares one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.patients.tables import patients

P = patients.c


@dataclass(frozen=True)
class Mailbox:
    """A patient's address, '' where there is none that can be read."""

    address: str
    email_index: str | None


def mailbox(session: Session, patient_id: str) -> Mailbox:
    """Where emails to a patient go now: to the profile that carries on, where theirs was merged into another."""
    named = patients.alias()
    itself = select(func.coalesce(named.c.merged_into, named.c.id)).where(named.c.id == patient_id)
    row = session.execute(
        select(P.email, P.email_index).where(P.id == itself.scalar_subquery())
    ).one_or_none()
    return Mailbox(row.email or "", row.email_index) if row else Mailbox("", None)


def carried_on_by(session: Session, patient_id: str) -> str:
    """The profile that carries on, where this one was merged into another; else itself."""
    found = select(func.coalesce(P.merged_into, P.id)).where(P.id == patient_id)
    return session.execute(found).scalar_one_or_none() or patient_id


def made_at(session: Session, patient_ids: Collection[str]) -> set[datetime]:
    """When these profiles were made."""
    return set(session.execute(select(P.created_at).where(P.id.in_(patient_ids))).scalars())


def with_email(session: Session, email_index: str) -> list[str]:
    """The ids of the patients whose address this is: families share one."""
    return list(session.execute(select(P.id).where(P.email_index == email_index)).scalars())
