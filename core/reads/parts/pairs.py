"""Two profiles that may be one person, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.leads.tables import leads
from core.patients.tables import patients, possible_duplicates

L, P, D = leads.c, patients.c, possible_duplicates.c
MOST_PAIRS = 100


@dataclass(frozen=True)
class Side:
    """One profile of a pair on the review list. `phone` E.164, `born` in ISO form, '' where not known.

    `leads` counts its requests, `newest` is the number of the latest.
    """

    patient_id: str
    first_name: str
    last_name: str
    phone: str
    email: str
    born: str
    zip: str
    created_at: datetime
    last_form_at: datetime | None
    leads: int
    newest: int | None


@dataclass(frozen=True)
class Pair:
    """Two profiles that may be one person, the older first. `reasons`: what agrees or not, such as same_phone."""

    id: str
    one: Side
    other: Side
    reasons: tuple[str, ...]
    found_at: datetime


def _undecided(*columns: Any) -> Select[Any]:
    """Open pairs of two profiles that are still two."""
    one, other = patients.alias(), patients.alias()
    return (
        select(*columns)
        .select_from(possible_duplicates)
        .join(one, one.c.id == D.patient_id)
        .join(other, other.c.id == D.other_id)
        .where(D.state == "open", one.c.merged_into.is_(None), other.c.merged_into.is_(None))
    )


# Put together once: the frame of every page counts them (0006-statements-planned-once.md).
_COUNT = _undecided(func.count())


def waiting(session: Session) -> int:
    """How many pairs nobody has decided about."""
    return int(session.execute(_COUNT).scalar_one())


def read(session: Session, *where: Any) -> tuple[Pair, ...]:
    """Pairs that nobody has decided about, the newest first."""
    rows = session.execute(
        _undecided(D.id, D.patient_id, D.other_id, D.reasons, D.found_at)
        .where(*where)
        .order_by(D.found_at.desc(), D.id)
        .limit(MOST_PAIRS)
    ).all()
    sides = _sides(session, {id_ for row in rows for id_ in (row.patient_id, row.other_id)})
    return tuple(
        Pair(row.id, sides[row.patient_id], sides[row.other_id], tuple(row.reasons), row.found_at)
        for row in rows
    )


def _sides(session: Session, patient_ids: set[str]) -> Mapping[str, Side]:
    if not patient_ids:
        return {}
    requests = select(func.count()).where(L.patient_id == P.id).scalar_subquery()
    columns = (
        P.id,
        P.first_name,
        P.last_name,
        P.phone,
        P.email,
        P.birth_date,
        P.zip,
        P.created_at,
        P.last_form_at,
    )
    newest = select(func.max(L.number)).where(L.patient_id == P.id).scalar_subquery()
    rows = session.execute(select(*columns, requests, newest).where(P.id.in_(sorted(patient_ids))))
    return {
        id_: Side(id_, first, last, phone or "", email or "", born or "", zip_ or "", *rest)
        for id_, first, last, phone, email, born, zip_, *rest in rows
    }
