"""SQL of leads that share a number."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.leads.store import LeadBrief
from core.leads.tables import leads

L = leads.c
_BRIEF = [getattr(L, name) for name in LeadBrief.__dataclass_fields__]
MOST = 50


def latest_of_each(session: Session, phone_index: str) -> list[LeadBrief]:
    """For each patient who gave this number, the lead that a text would join: an open one first, the newest."""
    order = ((L.state == "open").desc(), L.created_at.desc())
    rows = session.execute(select(*_BRIEF).where(L.phone_index == phone_index).order_by(*order).limit(MOST))
    found: dict[str, LeadBrief] = {}
    for row in rows:
        lead = LeadBrief(*row)
        found.setdefault(lead.patient_id, lead)
    return list(found.values())


def open_of(session: Session, patient_id: str, phone_index: str) -> list[str]:
    """A patient's open leads on one number."""
    statement = select(L.id).where(
        L.phone_index == phone_index, L.patient_id == patient_id, is_word(L.state, "open")
    )
    return list(session.execute(statement).scalars())


def carrying(session: Session, patient_id: str, phone_index: str | None) -> Sequence[LeadBrief]:
    """A patient's leads of any state that carry one number (None: that carry none)."""
    number = L.phone_index.is_(None) if phone_index is None else L.phone_index == phone_index
    rows = session.execute(select(*_BRIEF).where(L.patient_id == patient_id, number).order_by(L.created_at))
    return [LeadBrief(*row) for row in rows]
