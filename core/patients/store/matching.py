"""SQL of who may be whom: profiles that a form could belong to, and pairs that staff should look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, bindparam, func, literal, or_, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.upsert import insert_into
from core.domain.ids import new_id
from core.patients.likeness import Person
from core.patients.store.profiles import email_index, name_birth_index, phone_index
from core.patients.tables import patients, possible_duplicates

P, D = patients.c, possible_duplicates.c
MOST_KNOWN = 40
# Who was merged into another is met as that other one.
SELF = func.coalesce(P.merged_into, P.id, type_=String)
IDENTITY: list[Any] = [SELF, P.first_name, P.last_name, P.phone, P.email, P.birth_date, P.phone_place]
_NONE = "-"  # no blind index looks like this


@dataclass(frozen=True)
class Known:
    """A profile, and its place on its number."""

    person: Person
    place: int


def _known(row: Sequence[Any]) -> Known:
    id_, first, last, phone, email, born, place = row
    return Known(Person(first, last, phone or "", email or "", born or "", id=id_), place)


_KNOWN = Query(
    select(*IDENTITY)
    .where(
        or_(
            P.phone_index == bindparam("phone"),
            P.email_index == bindparam("email"),
            P.name_birth_index == bindparam("name_birth"),
        )
    )
    .order_by(P.created_at)
    .limit(literal(MOST_KNOWN))
)


def known(session: Session, person: Person) -> list[Known]:
    """Profiles with this number, this address, or this name and birth date; the oldest first."""
    born = date.fromisoformat(person.born) if person.born else None
    indexes = {
        "phone": phone_index(session, person.phone) or _NONE,
        "email": email_index(session, person.email) or _NONE,
        "name_birth": name_birth_index(session, person.first_name, person.last_name, born) or _NONE,
    }
    return [_known(row) for row in _KNOWN.rows(session, **indexes)]


def person(session: Session, patient_id: str) -> Person:
    """One profile as matching sees it. Raises NoResultFound for an unknown id."""
    return _known(session.execute(select(*IDENTITY).where(P.id == patient_id)).one()).person


def suspect(
    session: Session, patient_id: str, others: Iterable[tuple[str, tuple[str, ...]]], now: datetime
) -> None:
    """Put pairs on the review list: (the other's id, reasons). A pair that staff decided about is not asked again."""
    rows = [
        {
            "id": new_id(now),
            "patient_id": min(patient_id, other),
            "other_id": max(patient_id, other),
            "reasons": list(reasons),
            "found_at": now,
            "state": "open",
        }
        for other, reasons in others
        if other != patient_id
    ]
    if rows:
        session.execute(insert_into(session, possible_duplicates).on_conflict_do_nothing(), rows)


@dataclass(frozen=True)
class Pair:
    """Two profiles that may be one person."""

    id: str
    patient_id: str
    other_id: str
    state: str
    decided_by: str | None


def pair(session: Session, pair_id: str) -> Pair | None:
    columns: list[Any] = [D[name] for name in Pair.__dataclass_fields__]
    row = session.execute(select(*columns).where(D.id == pair_id)).one_or_none()
    return Pair(*row) if row else None


def decide(session: Session, pair_id: str, was: str, state: str, *, by: str, now: datetime) -> bool:
    """Answer a pair that is still in the state `was`; whether it was."""
    decided: dict[str, Any] = {"decided_at": now, "decided_by": by}
    if state == "open":
        decided = {"decided_at": None, "decided_by": None}
    changed = session.execute(
        update(possible_duplicates)
        .where(D.id == pair_id, D.state == was)
        .values(state=state, **decided)
        .returning(D.id)
    )
    return changed.scalar_one_or_none() is not None


def pair_of(session: Session, one: str, other: str) -> str | None:
    """The id of the pair that two profiles are on the review list as."""
    both = (D.patient_id == min(one, other)) & (D.other_id == max(one, other))
    found = session.execute(select(D.id).where(both)).scalar_one_or_none()
    return str(found) if found else None
