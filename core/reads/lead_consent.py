"""Consent as a lead's page shows it: what may be sent now, its ledger, and what later forms gave otherwise."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.compliance.tables import consents, phone_standing
from core.patients.tables import patient_conflicts

MOST_CONSENTS = 20


def columns_of(table: Table, shape: Any) -> list[Any]:
    """The columns that a frozen row is made of, in its order."""
    return [table.c[field.name] for field in fields(shape)]


@dataclass(frozen=True)
class ConsentLine:
    """One row of the ledger. `captured_at`: when the person agreed, where the form's sender told."""

    id: str
    scope: str
    action: str
    method: str
    wording: str
    version: str
    source: str
    at: datetime
    captured_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What may be sent to the lead's number now."""

    opted_out_at: datetime | None = None
    opted_out_how: str | None = None
    transactional_at: datetime | None = None
    marketing_at: datetime | None = None
    unreachable_at: datetime | None = None
    unencrypted_at: datetime | None = None


@dataclass(frozen=True)
class Conflict:
    """A later form gave something else, which was kept and not taken over."""

    id: str
    field: str
    value: str
    at: datetime


def standing(session: Session, phone_index: str | None) -> Standing:
    """The present standing of a number; empty where nothing is known."""
    if phone_index is None:
        return Standing()
    row = session.execute(
        select(*columns_of(phone_standing, Standing)).where(phone_standing.c.phone_index == phone_index)
    ).one_or_none()
    return Standing(*row) if row else Standing()


def ledger(session: Session, phone_index: str | None) -> tuple[ConsentLine, ...]:
    """The latest rows about a number, newest first."""
    c = consents.c
    if phone_index is None:
        return ()
    rows = session.execute(
        select(*columns_of(consents, ConsentLine))
        .where(c.phone_index == phone_index)
        .order_by(c.at.desc(), c.id.desc())
        .limit(MOST_CONSENTS)
    )
    return tuple(ConsentLine(*row) for row in rows)


def conflicts(session: Session, patient_id: str) -> tuple[Conflict, ...]:
    """What nobody has resolved yet."""
    c = patient_conflicts.c
    rows = session.execute(
        select(c.id, c.field, c.value, c.created_at)
        .where(c.patient_id == patient_id, c.resolved_at.is_(None))
        .order_by(c.created_at)
    )
    return tuple(Conflict(*row) for row in rows)
