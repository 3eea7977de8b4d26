"""SQL of visits. The database keeps one visit ahead for each lead."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, text, update
from sqlalchemy.orm import Session

from core.booking.tables import appointments
from core.db.hand_on import hand_on
from core.db.prepared import Query
from core.db.types import is_word
from core.db.upsert import insert_into
from core.domain.errors import NotFound
from core.domain.ids import new_id

A = appointments.c
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misheard or misread


@dataclass(frozen=True)
class Visit:
    """One visit. `state`: booked, attended, no_show, cancelled, withdrawn."""

    id: str
    lead_id: str
    patient_id: str
    created_at: datetime
    made_by: str | None
    starts_at: datetime | None
    location: str
    provider_id: str | None
    kind: str
    value_cents: int
    state: str
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None
    service: str = ""
    ends_at: datetime | None = None
    room: str = ""
    device: str = ""
    price_cents: int = 0
    came_by: str = "staff"
    sequence: int = 0
    confirmed_at: datetime | None = None
    arrived_at: datetime | None = None
    in_room_at: datetime | None = None
    code: str | None = None  # what patient and staff call it by: LX-7K4M2

    @property
    def resources(self) -> list[str]:
        """What is kept for it, as `reservations` names them; nothing for what staff only noted down."""
        if not self.service or not self.provider_id:
            return []
        places = (("room", self.room), ("device", self.device))
        return [f"staff:{self.provider_id}", *(f"{kind}:{code}" for kind, code in places if code)]

    @property
    def came_at(self) -> datetime | None:
        """When somebody arrived for it. One from before arrivals had a time of their own ended at its arrival."""
        return self.arrived_at or (self.ended_at if self.state == "attended" else None)

    @property
    def is_completed(self) -> bool:
        """Whether they were treated and checked out: it ended later than they arrived."""
        return bool(
            self.state == "attended" and self.came_at and self.ended_at and self.ended_at > self.came_at
        )


@dataclass(frozen=True)
class VisitBrief:
    """What a text prints of a visit. `provider`: their name, '' where nobody is named."""

    starts_at: datetime | None
    location: str
    provider: str


# The table calls a visit's name its reference, which is a word of its own in code.
_VISIT: list[Any] = [A["reference" if name == "code" else name] for name in Visit.__dataclass_fields__]


def visit_columns() -> list[Any]:
    """What a `Visit` is made of, in its order."""
    return list(_VISIT)


def add(session: Session, *, now: datetime, **values: Any) -> str | None:
    """A visit ahead; its id, or None where the lead has one already."""
    statement = (
        insert_into(session, appointments)
        .values(id=new_id(now), created_at=now, state="booked", **values)
        .on_conflict_do_nothing(index_elements=["lead_id"], index_where=text("state = 'booked'"))
        .returning(A.id)
    )
    return session.execute(statement).scalar_one_or_none()


def get(session: Session, visit_id: str) -> Visit:
    """Raises NotFound."""
    row = session.execute(select(*_VISIT).where(A.id == visit_id)).one_or_none()
    if row is None:
        raise NotFound("This visit does not exist any more.")
    return Visit(*row)


def find_all(session: Session, visit_ids: Collection[str]) -> dict[str, Visit]:
    """Visits by id."""
    if not visit_ids:
        return {}
    return {row.id: Visit(*row) for row in session.execute(select(*_VISIT).where(A.id.in_(visit_ids)))}


def ahead_of(session: Session, patient_ids: Collection[str]) -> list[Visit]:
    """Visits that these people still have ahead."""
    found = select(*_VISIT).where(A.patient_id.in_(patient_ids), is_word(A.state, "booked"))
    return [Visit(*row) for row in session.execute(found)] if patient_ids else []


def of_lead(session: Session, lead_id: str) -> list[Visit]:
    """A lead's visits, newest first; those marked by mistake left out."""
    statement = select(*_VISIT).where(A.lead_id == lead_id, A.state != "withdrawn")
    return [Visit(*row) for row in session.execute(statement.order_by(A.created_at.desc(), A.id.desc()))]


def ids_of(session: Session, lead_ids: Collection[str]) -> list[str]:
    """Every visit of these leads, also those marked by mistake."""
    return list(session.execute(select(A.id).where(A.lead_id.in_(lead_ids))).scalars())


_LAST_PROVIDER = Query(
    select(A.provider_id)
    .where(A.patient_id == bindparam("patient"), A.provider_id.is_not(None))
    .where(or_(*(is_word(A.state, state) for state in ("booked", "attended", "no_show"))))
    .order_by(A.created_at.desc(), A.id.desc())
    .limit(literal(1))
)


def last_provider(session: Session, patient_id: str) -> str:
    """Who was named for the patient's newest visit that was not cancelled; '' for nobody."""
    rows = _LAST_PROVIDER.rows(session, patient=patient_id)
    return str(rows[0][0]) if rows else ""


def had(session: Session, patient_id: str) -> frozenset[str]:
    """The codes of services that the patient came for."""
    attended = select(A.service).where(A.patient_id == patient_id, A.state == "attended", A.service != "")
    return frozenset(session.execute(attended).scalars())


def change(session: Session, visit_id: str, was: str, **values: Any) -> bool:
    """Change a visit that is still in the state `was`."""
    statement = update(appointments).where(A.id == visit_id, A.state == was).values(**values).returning(A.id)
    return session.execute(statement).scalar_one_or_none() is not None


def move(session: Session, visit_id: str, seen: datetime | None, starts_at: datetime, **values: Any) -> bool:
    """Move a visit ahead from the time that the person saw; False when it is at another by now.

    What the patient had said of the old time says nothing of the new one.
    """
    still = A.starts_at.is_(None) if seen is None else A.starts_at == seen
    statement = update(appointments).where(A.id == visit_id, A.state == "booked", still)
    moved = statement.values(
        starts_at=starts_at, sequence=A.sequence + 1, confirmed_at=None, **values
    ).returning(A.id)
    return session.execute(moved).scalar_one_or_none() is not None


def free_code(session: Session) -> str:
    """A name for a visit that no other one has."""
    while True:
        code = "LX-" + "".join(secrets.choice(CODE_SIGNS) for _ in range(5))
        if session.execute(select(A.id).where(A.reference == code)).first() is None:
            return code


def by_code(session: Session, code: str) -> Visit | None:
    """The visit that a patient names on the phone, however they write it."""
    row = session.execute(select(*_VISIT).where(A.reference == code.strip().upper())).one_or_none()
    return Visit(*row) if row else None


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's visits to another, or `only` some of them; the ids of those given."""
    return hand_on(session, appointments, was, becomes, only)


def withdraw_ahead(session: Session, lead_ids: Collection[str], now: datetime) -> list[str]:
    """Their visits ahead are none any more; which those were."""
    ahead = update(appointments).where(A.lead_id.in_(lead_ids), A.state == "booked")
    return list(session.execute(ahead.values(state="withdrawn", ended_at=now).returning(A.id)).scalars())


def places_used(session: Session, locations: Collection[str]) -> set[str]:
    """Those of these locations that any visit is or was at."""
    return set(session.execute(select(A.location).where(A.location.in_(locations)).distinct()).scalars())
