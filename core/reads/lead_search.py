"""How a lead is found again: by email, whole number or reference through an index, by name or last digits by reading.

Names and last digits have no index. Whoever had the database without its keys, and our public form, could fill in names
and see whose index is the same. So everybody is read, the newest first, until enough of them fit; what was decrypted
before is known (`core.reads.known_people`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, or_, select
from sqlalchemy.orm import Session

from core.conversation.haystack import needle
from core.db.prepared import Query
from core.db.types import among, blind
from core.domain.errors import InvalidInput
from core.domain.ids import number_of
from core.domain.names import words
from core.domain.phone import read_phone
from core.leads.tables import leads
from core.patients.tables import patient_conflicts, patients
from core.reads.known_people import KnownPeople, Person

L, P, K = leads.c, patients.c, patient_conflicts.c
# Half a second of work. A clinic that has more patients than this narrows its search by a number or an address.
MOST_READ = 150_000
MOST_WHO = 5000  # of a word that very many bear the newest patients are enough
TAIL, WHOLE = 4, 10
Condition = ColumnElement[bool]
Fits = Callable[[Person], bool]


@dataclass(frozen=True)
class Found:
    """Ids of leads, open ones first, the newest first. Not `whole`: more may fit than these."""

    ids: list[str]
    whole: bool


# Open ones first: who is on the phone is most likely one of those. Identifiers sort by the time they were made.
_LEADS_OF = Query(
    select(L.id)
    .where(among(L.patient_id, "ids"))
    .order_by((L.state == "open").desc(), L.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def matching(session: Session, text: str, most: int, known: KnownPeople | None = None) -> Found:
    """The leads that `text` names; '1042' may be a reference and the end of a number.

    `known`: whom this process read before; without it all are decrypted anew.
    """
    exact, fits = _by_index(session, text, most), _reading(text)
    if fits is None or len(exact) == most:
        return Found(exact, len(exact) < most)
    people = KnownPeople() if known is None else known  # one that knows nobody yet is false
    who, whole = _who(session, people, fits)
    rows = _LEADS_OF.rows(session, ids=who, most=most + 1) if who else []
    found = list(dict.fromkeys([*exact, *(id_ for (id_,) in rows)]))
    return Found(found[:most], whole and len(found) <= most)


def _who(session: Session, people: KnownPeople, fits: Fits) -> tuple[list[str], bool]:
    """Patients who fit, the newest first; whether these are all."""
    found: list[str] = []
    for place, (id_, person) in enumerate(people.everybody(session)):
        if place == MOST_READ:
            return found, False
        if fits(person):
            found.append(id_)
            if len(found) > MOST_WHO:
                return found, False
    return found, True


def _by_index(session: Session, text: str, most: int) -> list[str]:
    conditions = list(_conditions(session, text))
    if not conditions:
        return []
    order = (L.state == "open").desc(), L.id.desc()
    return list(session.execute(select(L.id).where(or_(*conditions)).order_by(*order).limit(most)).scalars())


def _conditions(session: Session, text: str) -> Iterator[Condition]:
    number, digits = number_of(text), _digits(text)
    if "@" in text:
        yield _of_value(session, "email", text.strip().casefold(), P.email_index)
        return
    if number is not None:
        yield L.number == number
    if len(digits) >= WHOLE:
        yield from _of_phone(session, text)


def _of_phone(session: Session, text: str) -> Iterator[Condition]:
    try:
        phone = read_phone(text).e164
    except InvalidInput:
        return
    yield L.phone_index == blind(session, "phone", phone)
    yield _of_value(session, "phone", phone, P.phone_index)


def _of_value(session: Session, field: str, value: str, own: ColumnElement[Any]) -> Condition:
    """A patient's own number or address, or one that a later form gave and that was kept beside it.

    As a condition on the lead alone: an OR across two tables would read every lead.
    """
    index = blind(session, field, value)
    kept = select(K.patient_id).where(K.field == field, K.value_index == index)
    return or_(L.patient_id.in_(select(P.id).where(own == index)), L.patient_id.in_(kept))


def _digits(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return digits if digits and not any(c.isalpha() for c in text) else ""


def _reading(text: str) -> Fits | None:
    """Whether somebody who was read fits; None where an index knows it all."""
    digits, wanted = _digits(text), words(text)
    if TAIL <= len(digits) < WHOLE:
        return lambda person: person.phone.endswith(digits)
    if digits or "@" in text or not wanted or number_of(text) is not None:
        return None
    needles = [needle(word) for word in wanted]
    return lambda person: all(one in person.name for one in needles)
