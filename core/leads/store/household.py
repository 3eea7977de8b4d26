"""SQL of leads that share a number."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.db.types import is_word
from core.leads.store.leads import LeadBrief
from core.leads.tables import lead_events, leads

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


def barred(session: Session, lead_ids: Sequence[str]) -> dict[str, datetime]:
    """Since when each lead's number is known to be wrong; those whose is not are left out."""
    rows = session.execute(
        select(L.id, L.wrong_number_at).where(L.id.in_(lead_ids), L.wrong_number_at.is_not(None))
    )
    return {row.id: row.wrong_number_at for row in rows}


def heard_at(session: Session, lead_id: str, text_id: str) -> datetime | None:
    """When a text of the patient was taken in, which is when follow-ups stopped for it."""
    e = lead_events.c
    rows = session.execute(
        select(e.at, e.data)
        .where(e.lead_id == lead_id, e.kind == "replied")
        .order_by(e.at.desc())
        .limit(MOST)
    )
    return next((row.at for row in rows if row.data.get("text_id") == text_id), None)


def change_unread(session: Session, lead_id: str, by: int, now: datetime) -> None:
    """Count unread texts up or down, never below none."""
    counted = L.unread + by
    session.execute(
        update(leads)
        .where(L.id == lead_id)
        .values(unread=case((counted > 0, counted), else_=0), updated_at=now)
    )


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's leads to another, or `only` some of them; the ids of those given."""
    return hand_on(session, leads, was, becomes, only)


def of_patient(session: Session, patient_id: str) -> list[str]:
    """All leads of a patient."""
    return list(session.execute(select(L.id).where(L.patient_id == patient_id)).scalars())


def request(session: Session, lead_id: str) -> dict[str, str | None]:
    """What was asked for."""
    return (
        session.execute(select(L.treatment, L.timeframe, L.budget, L.notes).where(L.id == lead_id))
        .one()
        ._asdict()
    )


def value_of(session: Session, lead_id: str) -> int:
    """What the lead is worth, in cents."""
    return int(session.execute(select(L.value_cents).where(L.id == lead_id)).scalar_one())
