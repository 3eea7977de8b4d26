"""Who is who around a lead: others on its number, what was corrected, whom it may be besides, and what was merged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.patients.tables import corrections, merges, patients, possible_duplicates
from core.reads.lead_opening import MISSING
from core.reads.parts import pairs
from core.reads.parts.pairs import Pair
from core.staff.tables import staff

L, P, M, C, D, G = (
    leads.c,
    patients.c,
    sms_messages.c,
    corrections.c,
    possible_duplicates.c,
    merges.c,
)
MOST_MEMBERS = 12
MOST_CORRECTIONS = 40


@dataclass(frozen=True)
class Member:
    """Somebody else on this number, with the lead that a text of theirs would join."""

    patient_id: str
    first_name: str
    last_name: str
    lead_id: str
    number: int
    state: str
    owner_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class Household:
    """`others` share the lead's number; `unclear`: texts from it of which nobody knows whose they are."""

    others: tuple[Member, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """One field that staff corrected. `was` and `became` are '' for none; `undone_at` where it was taken back."""

    batch: str
    field: str
    was: str
    became: str
    at: datetime
    by: str | None
    undone_at: datetime | None


@dataclass(frozen=True)
class Merged:
    """A profile that was merged into this one, and can be parted again."""

    id: str
    first_name: str
    last_name: str
    at: datetime
    by: str | None


@dataclass(frozen=True)
class People:
    """All of it for one lead."""

    household: Household
    corrected: tuple[Correction, ...]
    possible: tuple[Pair, ...]
    merged: tuple[Merged, ...]


def read(session: Session, actor: Actor, lead_id: str) -> People:
    """Raises Denied, and NotFound for an unknown lead."""
    require(actor, Permission.SEE_LEADS)
    row = session.execute(select(L.patient_id, L.phone_index).where(L.id == lead_id)).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return People(
        household=_household(session, row.patient_id, row.phone_index),
        corrected=_corrected(session, row.patient_id),
        possible=pairs.read(session, or_(D.patient_id == row.patient_id, D.other_id == row.patient_id)),
        merged=_merged(session, row.patient_id),
    )


def household(session: Session, actor: Actor, lead_id: str) -> Household:
    """Who shares the lead's number: for the panel beside the queue. Nobody for an unknown lead. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    row = session.execute(select(L.patient_id, L.phone_index).where(L.id == lead_id)).one_or_none()
    return _household(session, row.patient_id, row.phone_index) if row else Household()


def _household(session: Session, patient_id: str, phone_index: str | None) -> Household:
    if phone_index is None:
        return Household()
    order = ((L.state == "open").desc(), L.created_at.desc())
    rows = session.execute(
        select(P.id, P.first_name, P.last_name, L.id, L.number, L.state, L.owner_id, L.created_at)
        .join(patients, P.id == L.patient_id)
        .where(L.phone_index == phone_index, L.patient_id != patient_id)
        .order_by(*order)
    )
    found: dict[str, Member] = {}
    for row in rows:
        if len(found) < MOST_MEMBERS:
            found.setdefault(row[0], Member(*row))
    unclear = select(M.id).where(M.phone_index == phone_index, M.whose == "unclear").order_by(M.created_at)
    return Household(tuple(found.values()), tuple(session.execute(unclear).scalars()))


def _corrected(session: Session, patient_id: str) -> tuple[Correction, ...]:
    rows = session.execute(
        select(C.batch, C.field, C.was, C.became, C.at, staff.c.name, C.undone_at)
        .outerjoin(staff, staff.c.id == C.staff_id)
        .where(C.patient_id == patient_id)
        .order_by(C.at.desc(), C.id)
        .limit(MOST_CORRECTIONS)
    )
    return tuple(Correction(*row) for row in rows)


def _merged(session: Session, patient_id: str) -> tuple[Merged, ...]:
    rows = session.execute(
        select(G.id, P.first_name, P.last_name, G.at, staff.c.name)
        .join(patients, P.id == G.gone_id)
        .outerjoin(staff, staff.c.id == G.staff_id)
        .where(G.kept_id == patient_id, G.undone_at.is_(None))
        .order_by(G.at.desc())
    )
    return tuple(Merged(*row) for row in rows)
