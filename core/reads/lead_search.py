"""How a lead is found again: by name, email, phone or reference, over keyed indexes that hold no plain word."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.db.types import blind
from core.domain.errors import InvalidInput
from core.domain.ids import number_of
from core.domain.names import words
from core.domain.phone import read_phone
from core.leads.tables import leads
from core.patients.tables import name_words, patient_conflicts, patients

L, P, K = leads.c, patients.c, patient_conflicts.c
MOST_CANDIDATES = 400
PREFIX = 3
TAIL, WHOLE = 4, 10
Condition = ColumnElement[bool]


def matching(session: Session, text: str, order: Sequence[Any], most: int) -> list[str]:
    """Ids of the leads that `text` names, in `order`; at most `most`."""
    condition = _condition(session, text)
    if condition is None:
        return []
    compared, is_meant = _meaning(text)
    candidates = session.execute(
        select(L.id, *compared)
        .join(patients, P.id == L.patient_id)
        .where(condition)
        .order_by(*order)
        .limit(MOST_CANDIDATES)
    )
    # Row by row: one is decrypted when it is looked at, and most need not be.
    return list(islice((id_ for id_, *values in candidates if is_meant(*values)), most))


def _condition(session: Session, text: str) -> Condition | None:
    """What a lead must meet to be a candidate, or None where the text asks for nothing. '1042' may be two things."""
    number, digits = number_of(text), _digits(text)
    if "@" in text:
        return _of_value(session, "email", text.strip().casefold(), P.email_index)
    conditions: list[Condition] = [L.number == number] if number is not None else []
    if digits:
        conditions += _by_digits(session, text, digits)
    elif number is None:
        wanted = words(text)
        return and_(*(_has_word(session, word) for word in wanted)) if wanted else None
    return or_(*conditions) if conditions else None


def _digits(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return digits if digits and not any(c.isalpha() for c in text) else ""


def _by_digits(session: Session, text: str, digits: str) -> list[Condition]:
    if TAIL <= len(digits) < WHOLE:
        return [_patient(P.phone_tail_index == blind(session, "phone_tail", digits[-TAIL:]))]
    try:
        phone = read_phone(text).e164
    except InvalidInput:
        return []
    return [
        L.phone_index == blind(session, "phone", phone),
        _of_value(session, "phone", phone, P.phone_index),
    ]


def _of_value(session: Session, field: str, value: str, own: ColumnElement[Any]) -> Condition:
    """A patient's own number or address, or one that a later form gave and that was kept beside it."""
    index = blind(session, field, value)
    kept = select(K.patient_id).where(K.field == field, K.value_index == index)
    return or_(_patient(own == index), L.patient_id.in_(kept))


def _patient(condition: Condition) -> Condition:
    """As a condition on the lead alone: an OR across two tables would read every lead."""
    return L.patient_id.in_(select(P.id).where(condition))


def _has_word(session: Session, word: str) -> Condition:
    spellings = [blind(session, "name", word)]
    if len(word) >= PREFIX:
        spellings.append(blind(session, "name", f"{word[:PREFIX]}*"))
    return L.patient_id.in_(select(name_words.c.patient_id).where(name_words.c.word_index.in_(spellings)))


def _meaning(text: str) -> tuple[Sequence[ColumnElement[Any]], Callable[..., bool]]:
    """The indexes know three letters and four digits; the rest of what was typed is compared with these columns."""
    number, digits = number_of(text), _digits(text)
    if "@" in text or len(digits) == TAIL or len(digits) >= WHOLE:
        return (), lambda: True
    if digits:
        return (L.number, P.phone), lambda own, phone: own == number or (phone or "").endswith(digits)
    if number is not None:
        return (), lambda: True
    wanted = words(text)

    def begins(first: str, last: str) -> bool:
        known = words(f"{first} {last}")
        return all(any(word.startswith(part) for word in known) for part in wanted)

    return (P.first_name, P.last_name), begins
