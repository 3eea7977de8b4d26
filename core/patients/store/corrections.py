"""SQL of what staff corrected: each field with what it was and what it became, never rewritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.db.sealing import sealed_rows
from core.domain.ids import new_id
from core.patients.tables import corrections, patient_conflicts, patients

C, K = corrections.c, patient_conflicts.c


@dataclass(frozen=True)
class Change:
    """One field; '' for none."""

    field: str
    was: str
    became: str


@dataclass(frozen=True)
class Kept:
    """One field of a correction in force."""

    field: str
    was: str
    became: str
    patient_id: str
    lead_id: str
    at: datetime
    detail: Mapping[str, Any]


def keep(
    session: Session,
    batch: str,
    patient_id: str,
    lead_id: str,
    changes: Sequence[Change],
    detail: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    """Append what was changed in one go."""
    rows = [
        {
            "id": new_id(now),
            "batch": batch,
            "patient_id": patient_id,
            "lead_id": lead_id,
            "field": change.field,
            "was": change.was,
            "became": change.became,
            "at": now,
            "staff_id": by,
            "detail": dict(detail),
        }
        for change in changes
    ]
    session.execute(insert(corrections), sealed_rows(session, corrections, rows))


def of_batch(session: Session, batch: str) -> list[Kept]:
    """What one correction changed, unless it was taken back."""
    columns: list[Any] = [C[name] for name in Kept.__dataclass_fields__]
    rows = session.execute(select(*columns).where(C.batch == batch, C.undone_at.is_(None)))
    return [Kept(*row) for row in rows]


def undo(session: Session, batch: str, *, by: str, now: datetime) -> bool:
    """Mark a correction as taken back; whether it was in force."""
    changed = session.execute(
        update(corrections)
        .where(C.batch == batch, C.undone_at.is_(None))
        .values(undone_at=now, undone_by=by)
        .returning(C.id)
    )
    return bool(changed.all())


def language(session: Session, patient_id: str) -> dict[str, str]:
    """The patient's language, as a field beside those of the identity."""
    found = session.execute(select(patients.c.language).where(patients.c.id == patient_id)).scalar_one()
    return {"language": str(found)}


def resolve_conflicts(session: Session, patient_id: str, fields: Sequence[str], now: datetime) -> None:
    """A person has decided what these fields are: what forms said otherwise is no open question any more."""
    where = (K.patient_id == patient_id) & K.field.in_(fields) & K.resolved_at.is_(None)
    session.execute(update(patient_conflicts).where(where).values(resolved_at=now))


def open_conflicts(session: Session, patient_id: str, resolved_at: datetime) -> None:
    """Undo of it: what was resolved at that very moment."""
    where = (K.patient_id == patient_id) & (K.resolved_at == resolved_at)
    session.execute(update(patient_conflicts).where(where).values(resolved_at=None))
