"""Leads as the drawers of results list them: who, whose, what came when, and how long it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.leads.tables import leads
from core.patients.tables import patients
from core.staff.tables import staff

L, P = leads.c, patients.c


@dataclass(frozen=True)
class LeadLine:
    """One lead. `owner` '' for nobody's; `seconds` to the first try by a person, None for never."""

    id: str
    number: int
    name: str
    form: str
    source: str
    created_at: datetime
    state: str
    owner: str
    seconds: float | None = None


def lines(session: Session, ids: Sequence[str], seconds: Mapping[str, float]) -> tuple[LeadLine, ...]:
    """These leads, in this order."""
    rows = session.execute(
        select(
            L.id, L.number, P.first_name, P.last_name, L.form_type, L.source, L.created_at, L.state,
            func.coalesce(staff.c.name, ""),
        )
        .join(patients, P.id == L.patient_id)
        .outerjoin(staff, staff.c.id == L.owner_id)
        .where(L.id.in_(ids))
    ).all()  # fmt: skip
    found = {
        row[0]: LeadLine(
            row[0], row[1], f"{row[2] or ''} {row[3] or ''}".strip(), *row[4:], seconds.get(row[0])
        )
        for row in rows
    }
    return tuple(found[id_] for id_ in ids if id_ in found)
