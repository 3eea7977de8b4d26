"""SQL of the lead itself and its timeline. Who has which leads is in `owners`, tasks in `tasks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, InsertOne, Query, UpdateOne, lock_in_order
from core.db.types import among, is_word
from core.domain.errors import NotFound
from core.domain.ids import new_id
from core.leads.tables import lead_events, leads


@dataclass(frozen=True)
class LeadBrief:
    """What most stories need to know of a lead."""

    id: str
    number: int
    patient_id: str
    state: str
    owner_id: str | None
    phone: str | None
    phone_index: str | None
    extension: str | None
    call_only: bool
    treatment: str
    form_type: str
    location: str
    attempted_at: datetime | None
    contacted_at: datetime | None
    responded_at: datetime | None
    booked_at: datetime | None
    snoozed_until: datetime | None
    paused_until: datetime | None
    created_at: datetime


STAGE_COLUMNS = ("contacted_at", "qualified_at", "booked_at", "attended_at", "treated_at")
_BRIEF = [getattr(leads.c, name) for name in LeadBrief.__dataclass_fields__]
_LEAD, _CHANGE = InsertOne(leads, returning=[leads.c.number]), UpdateOne(leads)


def create(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a lead; its number."""
    [(number,)] = _LEAD.run(session, **values).fetchall()
    return int(number)


def find(session: Session, lead_id: str) -> LeadBrief | None:
    """One lead by id."""
    return find_all(session, [lead_id]).get(lead_id)


def get(session: Session, lead_id: str) -> LeadBrief:
    """One lead that must exist. Raises NotFound."""
    lead = find(session, lead_id)
    if lead is None:
        raise NotFound("This lead does not exist. Go back to the lead queue.")
    return lead


def of_number(session: Session, number: int) -> LeadBrief | None:
    """One lead by its number."""
    row = session.execute(select(*_BRIEF).where(leads.c.number == number)).one_or_none()
    return LeadBrief(*row) if row else None


def of_patient(session: Session, patient_id: str) -> list[LeadBrief]:
    """All leads of a patient."""
    rows = session.execute(select(*_BRIEF).where(leads.c.patient_id == patient_id))
    return [LeadBrief(*row) for row in rows]


def latest_of_patient(session: Session, patient_id: str) -> LeadBrief | None:
    """The patient's open lead that moved last, else the newest of any state."""
    order = ((leads.c.state == "open").desc(), leads.c.created_at.desc())
    row = session.execute(
        select(*_BRIEF).where(leads.c.patient_id == patient_id).order_by(*order).limit(1)
    ).one_or_none()
    return LeadBrief(*row) if row else None


def latest_of_phone(session: Session, phone_index: str) -> LeadBrief | None:
    """The lead that this number was given for, open ones first."""
    order = ((leads.c.state == "open").desc(), leads.c.created_at.desc())
    row = session.execute(
        select(*_BRIEF).where(leads.c.phone_index == phone_index).order_by(*order).limit(1)
    ).one_or_none()
    return LeadBrief(*row) if row else None


def change(session: Session, lead_id: str, now: datetime, **values: Any) -> None:
    """Set columns of a lead."""
    _CHANGE.run(session, lead_id, updated_at=now, **values)


def priority(session: Session, lead_id: str) -> int:
    """1 urgent, 2 hot, 3 warm, 4 cold."""
    return int(session.execute(select(leads.c.priority).where(leads.c.id == lead_id)).scalar_one())


def temperature(session: Session, lead_id: str) -> str:
    """hot, warm or cold."""
    return str(session.execute(select(leads.c.temperature).where(leads.c.id == lead_id)).scalar_one())


def first_time(session: Session, lead_id: str, column: str, now: datetime) -> bool:
    """Set a stage's time unless it has one; whether this was the first time."""
    target = leads.c[column]
    changed = session.execute(
        update(leads)
        .where(leads.c.id == lead_id, target.is_(None))
        .values({column: now, "updated_at": now})
        .returning(leads.c.id)
    )
    return changed.scalar_one_or_none() is not None


@dataclass(frozen=True)
class NewEvent:
    """One line of a timeline. `data` never holds what identifies a patient; `note` is encrypted."""

    lead_id: str
    kind: str
    by_kind: str  # patient, staff, automatic
    at: datetime
    staff_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None


_NEW_EVENTS = Bulk(
    insert(lead_events), ("id", "lead_id", "kind", "by_kind", "at", "staff_id", "data", "note")
)


def note_events(session: Session, events: Sequence[NewEvent]) -> list[str]:
    """Append to timelines; the events' ids."""
    ids = [new_id(event.at) for event in events]
    rows = [
        {
            "id": id_,
            "lead_id": event.lead_id,
            "kind": event.kind,
            "by_kind": event.by_kind,
            "at": event.at,
            "staff_id": event.staff_id,
            "data": dict(event.data),
            "note": event.note,
        }
        for id_, event in zip(ids, events, strict=True)
    ]
    _NEW_EVENTS.run(session, rows)
    return ids


def note_event(
    session: Session,
    lead_id: str,
    kind: str,
    by_kind: str,
    *,
    now: datetime,
    staff_id: str | None = None,
    data: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> str:
    """Append one line to a timeline; the event's id."""
    return note_events(session, [NewEvent(lead_id, kind, by_kind, now, staff_id, data or {}, note)])[0]


def count_events(session: Session, patient_id: str, kind: str, since: datetime) -> int:
    """How often that happened on any lead of a patient, after `since`."""
    e = lead_events.c
    theirs = select(leads.c.id).where(leads.c.patient_id == patient_id)
    found = select(func.count()).where(e.lead_id.in_(theirs), e.kind == kind, e.at > since)
    return int(session.execute(found).scalar_one())


_TEXT_SENT = Bulk(
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(last_event_at=bindparam("at"), updated_at=bindparam("at"), last_event_kind="text_sent")
    .values(last_event_by=bindparam("by_kind"), last_event_note=None)
)


def show_texts_sent(session: Session, texts: Sequence[tuple[str, str]], now: datetime) -> None:
    """A text is the last thing that happened to each (lead id, by whom)."""
    last = dict(texts)
    lock_in_order(session, leads, sorted(last))
    rows = [{"lead": lead_id, "by_kind": by_kind, "at": now} for lead_id, by_kind in last.items()]
    _TEXT_SENT.run(session, rows)


def show_last_event(
    session: Session, lead_id: str, kind: str, by_kind: str, note: str | None, now: datetime
) -> None:
    """What the queue shows as the last thing that happened."""
    change(
        session,
        lead_id,
        now,
        last_event_at=now,
        last_event_kind=kind,
        last_event_by=by_kind,
        last_event_note=note,
    )


_OTHERS = Query(
    select(leads.c.id).where(
        leads.c.patient_id == bindparam("patient"),
        leads.c.id != bindparam("lead"),
        is_word(leads.c.state, "open"),
    )
)


def others_of_patient(session: Session, patient_id: str, lead_id: str) -> list[str]:
    """The patient's other open leads."""
    return [row[0] for row in _OTHERS.rows(session, patient=patient_id, lead=lead_id)]


def of_submission(session: Session, submission_id: str) -> str | None:
    """The lead that a submission became."""
    found = session.execute(
        select(leads.c.id).where(leads.c.submission_id == submission_id)
    ).scalar_one_or_none()
    return str(found) if found else None


_THESE = Query(select(*_BRIEF).where(among(leads.c.id, "ids")))


def find_all(session: Session, lead_ids: list[str]) -> dict[str, LeadBrief]:
    """Several leads by id."""
    if not lead_ids:
        return {}
    rows = _THESE.rows(session, ids=lead_ids)
    return {row[0]: LeadBrief(*row) for row in rows}


_PATIENTS = Query(select(leads.c.id, leads.c.patient_id).where(among(leads.c.id, "lead_ids")))


def patients_of(session: Session, lead_ids: list[str]) -> dict[str, str]:
    """The patient of each of these leads, by the lead's id."""
    rows = _PATIENTS.rows(session, lead_ids=lead_ids)
    return {str(row[0]): str(row[1]) for row in rows}


def with_phone(session: Session, phone_index: str) -> list[str]:
    """Open leads that gave this number."""
    statement = select(leads.c.id).where(leads.c.phone_index == phone_index, is_word(leads.c.state, "open"))
    return list(session.execute(statement).scalars())


def stages_of(session: Session, lead_id: str) -> frozenset[str]:
    """The columns among STAGE_COLUMNS that the lead has reached."""
    columns = [leads.c[name] for name in STAGE_COLUMNS]
    row = session.execute(select(*columns).where(leads.c.id == lead_id)).one()
    return frozenset(name for name, moment in zip(STAGE_COLUMNS, row, strict=True) if moment)


def stage_at(session: Session, lead_id: str, column: str) -> datetime | None:
    """When the lead reached one of STAGE_COLUMNS."""
    return session.execute(select(leads.c[column]).where(leads.c.id == lead_id)).scalar_one_or_none()


def stages_of_patient(session: Session, patient_id: str) -> list[frozenset[str]]:
    """For each lead of the patient, the columns among STAGE_COLUMNS that it has reached."""
    columns = [leads.c[name] for name in STAGE_COLUMNS]
    rows = session.execute(select(*columns).where(leads.c.patient_id == patient_id))
    return [
        frozenset(name for name, moment in zip(STAGE_COLUMNS, row, strict=True) if moment) for row in rows
    ]


_MORE_UNREAD = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(unread=leads.c.unread + 1, updated_at=bindparam("at"))
    .returning(leads.c.unread)
)
_ONE_MORE, _IN_SIGHT = Query(_MORE_UNREAD), Query(_MORE_UNREAD.values(snoozed_until=None))


def one_more_unread(session: Session, lead_id: str, now: datetime) -> int:
    """One more of the patient's texts that nobody has looked at; how many there are now."""
    return int(_ONE_MORE.rows(session, lead=lead_id, at=now)[0][0])


def back_in_sight(session: Session, lead_id: str, now: datetime) -> int:
    """The same, and the lead comes back to the queue where it was put off."""
    return int(_IN_SIGHT.rows(session, lead=lead_id, at=now)[0][0])


def any_snooze_over(session: Session, now: datetime) -> bool:
    """Whether a snoozed lead is due to come back."""
    return (
        session.execute(
            select(leads.c.id).where(is_word(leads.c.state, "open"), leads.c.snoozed_until <= now).limit(1)
        ).first()
        is not None
    )


def end_snoozes(session: Session, now: datetime) -> list[str]:
    """Bring back every lead whose snooze is over."""
    statement = (
        update(leads)
        .where(is_word(leads.c.state, "open"), leads.c.snoozed_until <= now)
        .values(snoozed_until=None, updated_at=now)
    ).returning(leads.c.id)
    return list(session.execute(statement).scalars())
