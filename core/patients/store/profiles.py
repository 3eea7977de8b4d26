"""SQL of patients: exact matching, filling in, search words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, InsertOne, Query, UpdateOne, lock_in_order
from core.db.types import among, blind
from core.domain.ids import new_id
from core.domain.names import fold
from core.patients.tables import patient_conflicts, patients

_PATIENT, _TOUCH, _CONFLICT = InsertOne(patients), UpdateOne(patients), InsertOne(patient_conflicts)


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


def on_number(session: Session, phone: str) -> list[str]:
    """The ids of the patients whose own number this is, the first one first."""
    theirs = patients.c.phone_index == phone_index(session, phone)
    itself = func.coalesce(patients.c.merged_into, patients.c.id)
    found = session.execute(select(itself).where(theirs).order_by(patients.c.phone_place)).scalars()
    return list(dict.fromkeys(found))


def next_place(session: Session, phone: str) -> int:
    """Where the next person on this number stands. Two who ask at one moment get the same: the database lets in one."""
    theirs = patients.c.phone_index == phone_index(session, phone)
    last = session.execute(select(func.max(patients.c.phone_place)).where(theirs)).scalar()
    return 0 if last is None else int(last) + 1


def create(
    session: Session, values: dict[str, Any], birth_date: date | None, now: datetime, *, place: int = 0
) -> str:
    """Insert a patient with its indexes. Raises IntegrityError when another process just took the place on the number.

    `place`: how many people are on this number already.
    """
    patient_id = new_id(now)
    row = values | {
        "id": patient_id,
        "created_at": now,
        "updated_at": now,
        "phone_place": place,
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
    _PATIENT.run(session, **row)
    return patient_id


def _indexes(
    session: Session, phone: str, email: str, first: str, last: str, birth_date: date | None
) -> dict[str, str | None]:
    return {
        "phone_index": phone_index(session, phone),
        "email_index": email_index(session, email),
        "name_birth_index": name_birth_index(session, first, last, birth_date),
    }


KEPT = ("first_name", "last_name", "phone", "email", "birth_date", "zip", "referral")


def fill_in(
    session: Session, patient_id: str, given: dict[str, str | None], *, submission_id: str, now: datetime
) -> list[str]:
    """Add what is missing, overwrite nothing, keep what disagrees; the names of the fields that disagree."""
    known = identity(session, patient_id)
    missing = {name: value for name, value in given.items() if value and not known[name]}
    conflicts = {
        name: value
        for name, value in given.items()
        if value and known[name] and fold(known[name]) != fold(value)
    }
    if missing:
        set_identity(session, patient_id, known | missing, missing, now)
    for name, value in conflicts.items():
        _keep_conflict(session, patient_id, name, str(value), submission_id, now)
    return sorted(conflicts)


def identity(session: Session, patient_id: str) -> dict[str, Any]:
    """What a profile says of who somebody is. Raises NoResultFound for an unknown id."""
    columns = [patients.c[name] for name in KEPT]
    return session.execute(select(*columns).where(patients.c.id == patient_id)).one()._asdict()


def set_identity(
    session: Session, patient_id: str, whole: Mapping[str, Any], changed: Mapping[str, Any], now: datetime
) -> None:
    """Write `changed` fields, and the indexes of the `whole` profile as it then is.

    Raises IntegrityError when another process just took the same place on the number.
    """
    born = date.fromisoformat(whole["birth_date"]) if whole["birth_date"] else None
    phone, first, last = whole["phone"] or "", whole["first_name"], whole["last_name"]
    values = dict(changed) | _indexes(session, phone, whole["email"] or "", first, last, born)
    if "phone" in changed:
        values["phone_place"] = next_place(session, phone) if phone else 0
    _TOUCH.run(session, patient_id, **values, updated_at=now)


def _keep_conflict(
    session: Session, patient_id: str, field: str, value: str, submission_id: str, now: datetime
) -> None:
    _CONFLICT.run(
        session,
        id=new_id(now),
        patient_id=patient_id,
        submission_id=submission_id,
        field=field,
        value=value,
        value_index=_found_by(session, field, value),
        created_at=now,
    )


def _found_by(session: Session, field: str, value: str) -> str | None:
    """Only of what is looked up: the index of a name, a date or a ZIP code would tell who has the same."""
    if field == "email":
        return email_index(session, value)
    return phone_index(session, value) if field == "phone" else None


def hold(session: Session, patient_ids: Sequence[str]) -> None:
    """Nobody else changes these patients until this transaction ends; waits for who does, in one order."""
    held = select(patients.c.id).where(patients.c.id.in_(patient_ids)).order_by(patients.c.id)
    session.execute(held.with_for_update(key_share=True)).all()


def touch(session: Session, patient_id: str, now: datetime, **values: Any) -> None:
    """Set columns of a patient."""
    _TOUCH.run(session, patient_id, updated_at=now, **values)


FOR_A_LINK, MOST = 5, 100  # points of a patient's score


def warm(session: Session, patient_id: str, now: datetime) -> None:
    """They opened a link of ours: a little warmer than their forms say. The next form judges them anew."""
    score = patients.c.score
    warmer = case((score + FOR_A_LINK > MOST, MOST), else_=score + FOR_A_LINK)
    values = {"score": warmer, "updated_at": now}
    session.execute(update(patients).where(patients.c.id == patient_id).values(values))


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


def move_text_in(session: Session, from_id: str, to_id: str, written_at: datetime, now: datetime) -> None:
    """A text that was counted as one person's was another's."""
    counts = {from_id: patients.c.texts_in - 1, to_id: patients.c.texts_in + 1}
    for patient_id in sorted(counts):
        values: dict[str, Any] = {"texts_in": counts[patient_id], "updated_at": now}
        if patient_id == to_id:
            values["last_response_at"] = written_at
        session.execute(update(patients).where(patients.c.id == patient_id).values(**values))


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
    language: str = ""
    unencrypted_at: datetime | None = None


def last_contact(session: Session, patient_id: str) -> datetime | None:
    """When a person last reached out to them, whatever it was about."""
    found = session.execute(select(patients.c.last_contact_at).where(patients.c.id == patient_id))
    return found.scalar_one_or_none()


def brief(session: Session, patient_id: str) -> PatientBrief:
    """Raises KeyError for an unknown id."""
    return briefs(session, [patient_id])[patient_id]


_P = patients.c
_BRIEFS = Query(
    select(
        _P.id, _P.first_name, _P.zone, _P.state, _P.vip, _P.last_form_at, _P.phone_index, _P.language, _P.unencrypted_at
    ).where(among(_P.id, "ids"))
)  # fmt: skip


def briefs(session: Session, patient_ids: list[str]) -> dict[str, PatientBrief]:
    """Several patients by id."""
    if not patient_ids:
        return {}
    return {
        id_: PatientBrief(id_, first_name, zone, state, vip, last_form_at is not None, *more)
        for id_, first_name, zone, state, vip, last_form_at, *more in _BRIEFS.rows(session, ids=patient_ids)
    }


_LAST_NAMES = Query(select(_P.id, _P.last_name).where(among(_P.id, "ids")))


def last_names(session: Session, patient_ids: list[str]) -> dict[str, str]:
    """By id: for the few texts that print one."""
    return dict(_LAST_NAMES.rows(session, ids=patient_ids)) if patient_ids else {}


@dataclass(frozen=True)
class Placed:
    """What tells where a patient is, and what was made of it. `zip_code` and `phone` are '' where unknown."""

    id: str
    zip_code: str
    phone: str
    zone: str
    state: str


_PLACED = select(_P.id, _P.zip, _P.phone, _P.zone, _P.state)


def placed(session: Session, patient_id: str) -> Placed:
    """One patient who must exist."""
    id_, zip_code, phone, zone, state = session.execute(_PLACED.where(_P.id == patient_id)).one()
    return Placed(id_, zip_code or "", phone or "", zone, state)


def placed_after(session: Session, last_id: str, limit: int) -> list[Placed]:
    """The next patients in the order of their ids."""
    found = session.execute(_PLACED.where(_P.id > last_id).order_by(_P.id).limit(limit))
    return [Placed(id_, zip_code or "", phone or "", *rest) for id_, zip_code, phone, *rest in found]


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
