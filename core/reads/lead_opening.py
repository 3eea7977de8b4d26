"""Which lead an address names, and what a run of its page needs to know; the rest of the page comes by push."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.domain.errors import NotFound
from core.domain.ids import is_id, number_of
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.patients.tables import patients

L, P = leads.c, patients.c
MISSING = "This lead does not exist, or its link is incomplete. Look it up in the lead queue."


def find(session: Session, actor: Actor, wanted: str) -> str:
    """The id of the lead that an address names by id or by reference ('A-1042'). Raises Denied and NotFound."""
    require(actor, Permission.SEE_LEADS)
    number = number_of(wanted)
    if number is None and not is_id(wanted):
        raise NotFound(MISSING)
    condition = L.number == number if number is not None else L.id == wanted
    found = session.execute(select(L.id).where(condition)).scalar_one_or_none()
    if found is None:
        raise NotFound(MISSING)
    return str(found)


@dataclass(frozen=True)
class Opening:
    """Whether it was looked at, its unread texts, and what a quick text says of it."""

    viewed_at: datetime | None
    unread: int
    location: str
    first_name: str


def read(session: Session, actor: Actor, lead_id: str) -> Opening:
    """Raises Denied, and NotFound for an unknown id."""
    require(actor, Permission.SEE_LEADS)
    found = _OPENING.rows(session, lead_id=lead_id)
    if not found:
        raise NotFound(MISSING)
    return Opening(*found[0])


_OPENING = Query(
    select(L.viewed_at, L.unread, L.location, P.first_name)
    .join(patients, P.id == L.patient_id)
    .where(L.id == bindparam("lead_id"))
)
