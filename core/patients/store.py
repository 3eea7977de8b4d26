"""SQL of patients: exact matching, filling in, search words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, Query, lock_in_order
from core.db.types import among, blind
from core.domain.ids import new_id
from core.domain.names import fold, words
from core.patients.tables import name_words, patient_conflicts, patients

PREFIX = 3


@dataclass(frozen=True)
class Match:
    """A patient that a form belongs to, and by what it was recognised: phone, email or name_birth."""

    patient_id: str
    by: str


def match(
    session: Session, *, phone: str, email: str, first_name: str, last_name: str, birth_date: date | None
) -> Match | None:
    """Exact matching in the order of REQUIREMENTS 1.5: phone, email, name with birth date."""
    looked_up = [
        ("phone", patients.c.phone_index, phone_index(session, phone)),
        ("email", patients.c.email_index, email_index(session, email)),
        (
            "name_birth",
            patients.c.name_birth_index,
            name_birth_index(session, first_name, last_name, birth_date),
        ),
    ]
    for by, column, index in looked_up:
        if index is None:
            continue
        found = session.execute(
            select(patients.c.id).where(column == index).order_by(patients.c.created_at).limit(1)
        ).scalar_one_or_none()
        if found:
            return Match(str(found), by)
    return None


def phone_index(session: Session, phone: str) -> str | None:
    return blind(session, "phone", phone) if phone else None


def email_index(session: Session, email: str) -> str | None:
    return blind(session, "email", email.strip().casefold()) if email else None


def name_birth_index(
    session: Session, first_name: str, last_name: str, birth_date: date | None
) -> str | None:
    if birth_date is None or not (first_name and last_name):
        return None
    return blind(session, "name_birth", f"{fold(first_name)} {fold(last_name)} {birth_date.isoformat()}")


def by_phone(session: Session, phone: str) -> str | None:
    """The id of the patient whose own number this is."""
    found = session.execute(
        select(patients.c.id).where(patients.c.phone_index == phone_index(session, phone))
    ).scalar_one_or_none()
    return str(found) if found else None


def create(session: Session, values: dict[str, Any], birth_date: date | None, now: datetime) -> str:
    """Insert a patient with its indexes. Raises IntegrityError when another process just created this number."""
    patient_id = new_id(now)
    row = values | {
        "id": patient_id,
        "created_at": now,
        "updated_at": now,
        "birth_date": birth_date.isoformat() if birth_date else None,
        **_indexes(
            session,
            values.get("phone") or "",
            values.get("email") or "",
            values["first_name"],
            values["last_name"],
            birth_date,
        ),
    }
    session.execute(insert(patients), row)
    index_name(session, patient_id, values["first_name"], values["last_name"])
    return patient_id


def _indexes(
    session: Session, phone: str, email: str, first: str, last: str, birth_date: date | None
) -> dict[str, str | None]:
    return {
        "phone_index": phone_index(session, phone),
        "phone_tail_index": blind(session, "phone_tail", phone[-4:]) if phone else None,
        "email_index": email_index(session, email),
        "name_birth_index": name_birth_index(session, first, last, birth_date),
    }


def index_name(session: Session, patient_id: str, first_name: str, last_name: str) -> None:
    """Make the name searchable by whole words and by the first three letters of each."""
    spelled = set(words(f"{first_name} {last_name}"))
    terms = spelled | {f"{word[:PREFIX]}*" for word in spelled}
    rows = [{"patient_id": patient_id, "word_index": blind(session, "name", term)} for term in sorted(terms)]
    if rows:
        build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(build(name_words).on_conflict_do_nothing(), rows)


KEPT = ("first_name", "last_name", "phone", "email", "birth_date", "zip", "referral")


def fill_in(
    session: Session, patient_id: str, given: dict[str, str | None], *, submission_id: str, now: datetime
) -> list[str]:
    """Add what is missing, overwrite nothing, keep what disagrees; the names of the fields that disagree."""
    known = (
        session.execute(select(*[patients.c[name] for name in KEPT]).where(patients.c.id == patient_id))
        .one()
        ._asdict()
    )
    missing = {name: value for name, value in given.items() if value and not known[name]}
    if "phone" in missing and by_phone(session, str(missing["phone"])):
        del missing["phone"]  # the number is another patient's own: two people must not share it by accident
    conflicts = {
        name: value
        for name, value in given.items()
        if value and known[name] and fold(known[name]) != fold(value)
    }
    if missing:
        merged = known | missing
        birth = date.fromisoformat(merged["birth_date"]) if merged["birth_date"] else None
        indexes = _indexes(
            session,
            merged["phone"] or "",
            merged["email"] or "",
            merged["first_name"],
            merged["last_name"],
            birth,
        )
        session.execute(
            update(patients).where(patients.c.id == patient_id).values(**missing, **indexes, updated_at=now)
        )
        index_name(session, patient_id, merged["first_name"], merged["last_name"])
    for name, value in conflicts.items():
        _keep_conflict(session, patient_id, name, str(value), submission_id, now)
    return sorted(conflicts)


def _keep_conflict(
    session: Session, patient_id: str, field: str, value: str, submission_id: str, now: datetime
) -> None:
    session.execute(
        insert(patient_conflicts).values(
            id=new_id(now),
            patient_id=patient_id,
            submission_id=submission_id,
            field=field,
            value=value,
            value_index=blind(session, field, value),
            created_at=now,
        )
    )


def touch(session: Session, patient_id: str, now: datetime, **values: Any) -> None:
    """Set columns of a patient."""
    session.execute(update(patients).where(patients.c.id == patient_id).values(updated_at=now, **values))


_TEXT_OUT = Bulk(
    update(patients)
    .where(patients.c.id == bindparam("patient"))
    .values(texts_out=patients.c.texts_out + bindparam("texts", type_=Integer), updated_at=bindparam("now"))
)


def count_texts_out(session: Session, patient_ids: Sequence[str], now: datetime) -> None:
    """One more text to each, twice to one who is named twice."""
    counts = Counter(patient_ids)
    lock_in_order(session, patients, sorted(counts))
    rows = [{"patient": patient_id, "texts": texts, "now": now} for patient_id, texts in counts.items()]
    _TEXT_OUT.run(session, rows)


def heard_from(session: Session, patient_id: str, now: datetime) -> None:
    """One more text from a patient."""
    values = {"texts_in": patients.c.texts_in + 1, "last_response_at": now, "updated_at": now}
    session.execute(update(patients).where(patients.c.id == patient_id).values(values))


@dataclass(frozen=True)
class PatientBrief:
    """What rendering and the hours of texts need."""

    id: str
    first_name: str
    zone: str
    state: str
    vip: bool
    opened_before: bool
    phone_index: str | None = None


def brief(session: Session, patient_id: str) -> PatientBrief:
    """Raises KeyError for an unknown id."""
    return briefs(session, [patient_id])[patient_id]


_P = patients.c
_BRIEFS = Query(
    select(_P.id, _P.first_name, _P.zone, _P.state, _P.vip, _P.last_form_at, _P.phone_index).where(
        among(_P.id, "ids")
    )
)


def briefs(session: Session, patient_ids: list[str]) -> dict[str, PatientBrief]:
    """Several patients by id."""
    if not patient_ids:
        return {}
    return {
        id_: PatientBrief(id_, first_name, zone, state, vip, last_form_at is not None, index)
        for id_, first_name, zone, state, vip, last_form_at, index in _BRIEFS.rows(session, ids=patient_ids)
    }


STATUSES = ("new", "contacted", "qualified", "converted")


def raise_status(session: Session, patient_id: str, status: str, now: datetime) -> None:
    """Move a patient forward to `status`; one who is further already, or disqualified, stays."""
    earlier = STATUSES[: STATUSES.index(status)]
    session.execute(
        update(patients)
        .where(patients.c.id == patient_id, patients.c.status.in_(earlier))
        .values(status=status, updated_at=now)
    )


def lower_status(session: Session, patient_id: str, status: str, now: datetime) -> None:
    """Take a patient back to `status` where a mark was taken back; one who is disqualified, or not so far, stays."""
    later = STATUSES[STATUSES.index(status) + 1 :]
    session.execute(
        update(patients)
        .where(patients.c.id == patient_id, patients.c.status.in_(later))
        .values(status=status, updated_at=now)
    )
