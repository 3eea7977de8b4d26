"""SQL of patients' email addresses: where emails go now, and who shares one."""

from dataclasses import dataclass

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


def with_email(session: Session, email_index: str) -> list[str]:
    """The ids of the patients whose address this is: families share one."""
    return list(session.execute(select(P.id).where(P.email_index == email_index)).scalars())
