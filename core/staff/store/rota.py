"""SQL of when people work: weekly hours, dates of their own, time off, who is on call."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne, Query, UpdateOne
from core.db.upsert import insert_into
from core.domain.hours import Span
from core.domain.ids import new_id
from core.staff.shift_rules import Rota
from core.staff.store.everybody import kept
from core.staff.tables import on_call as on_call_table
from core.staff.tables import shift_days, staff, time_off

S, D, F, C = staff.c, shift_days.c, time_off.c, on_call_table.c
EVER, NEVER = datetime(1970, 1, 3, tzinfo=UTC), datetime(9999, 12, 28, tzinfo=UTC)
# A date begins up to a day apart around the world, and a shift may reach into the next.
EDGE = timedelta(days=2)

_OFF, _ON_CALL, _STAFF = InsertOne(time_off), InsertOne(on_call_table), UpdateOne(staff)


@dataclass(frozen=True)
class Dates:
    """What stands beside the weekly hours from a moment on, by person: dates of their own, and time off."""

    days: Mapping[str, Mapping[date, Sequence[str]]] = field(default_factory=dict)
    off: Mapping[str, Sequence[Span]] = field(default_factory=dict)


_DAYS_FROM = Query(
    select(D.staff_id, D.date, D.windows).where(
        D.date >= bindparam("since", type_=D.date.type), D.date <= bindparam("until", type_=D.date.type)
    )
)
_OFF_FROM = Query(
    select(F.staff_id, F.starts_at, F.ends_at)
    .where(
        F.ends_at > bindparam("since", type_=F.ends_at.type),
        F.starts_at < bindparam("until", type_=F.starts_at.type),
    )
    .order_by(F.starts_at)
)


def dates(session: Session, since: datetime = EVER, until: datetime = NEVER) -> Dates:
    """Everybody's, from the day before `since` to the day after `until`; all there ever were is right too."""
    days: dict[str, dict[date, Sequence[str]]] = defaultdict(dict)
    off: dict[str, list[Span]] = defaultdict(list)
    for staff_id, day, windows in _DAYS_FROM.rows(
        session, since=(since - EDGE).date(), until=(until + EDGE).date()
    ):
        days[staff_id][day] = windows
    for staff_id, starts_at, ends_at in _OFF_FROM.rows(session, since=since - EDGE, until=until + EDGE):
        off[staff_id].append((starts_at, ends_at))
    return Dates(days, off)


_ROTAS = Query(select(S.id, S.location, S.hours, S.status, S.status_until).where(S.active).order_by(S.id))


def rotas(session: Session, since: datetime, until: datetime = NEVER) -> list[Rota]:
    """The plan of every active member of staff from `since` to `until`, in a fixed order."""
    known = dates(session, since, until)
    return [
        Rota(*(*row, known.days.get(row[0], {}), known.off.get(row[0], ()))) for row in _ROTAS.rows(session)
    ]


def at(session: Session, now: datetime) -> list[Rota]:
    """The same for a moment: asked at every form, so it is kept until somebody's plan changes."""
    return kept(session, ("rotas", now.date()), lambda: rotas(session, now, now))


_ON_CALL_NOW = Query(
    select(C.staff_id)
    .join(staff, S.id == C.staff_id)
    .where(
        S.active,
        C.starts_at <= bindparam("now", type_=C.starts_at.type),
        C.ends_at > bindparam("now", type_=C.starts_at.type),
    )
    .order_by(C.starts_at, C.id)
)


def on_call(session: Session, now: datetime) -> list[str]:
    """Who is on call now, by id: who came on first, first. Closed accounts are left out."""
    return list(dict.fromkeys(staff_id for (staff_id,) in _ON_CALL_NOW.rows(session, now=now)))


@dataclass(frozen=True)
class Turn:
    """One stretch of somebody's: time off with its note, or on call with none."""

    id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""


def time_off_since(session: Session, since: datetime) -> list[Turn]:
    """Time off that ends after `since`, first first."""
    mine = select(F.id, F.staff_id, F.starts_at, F.ends_at, F.note).where(F.ends_at > since)
    return [Turn(*row[:4], row.note or "") for row in session.execute(mine.order_by(F.starts_at, F.id))]


def on_call_since(session: Session, since: datetime) -> list[Turn]:
    """Turns on call that end after `since`, first first."""
    mine = select(C.id, C.staff_id, C.starts_at, C.ends_at).where(C.ends_at > since)
    return [Turn(*row) for row in session.execute(mine.order_by(C.starts_at, C.id))]


def set_week(session: Session, staff_id: str, hours: Mapping[str, Sequence[str]]) -> None:
    """Their hours of every week from now on."""
    _STAFF.run(session, staff_id, hours={day: list(spans) for day, spans in hours.items()})


def week_of(session: Session, staff_id: str) -> dict[str, Sequence[str]]:
    """Their hours of every week. The row is locked: two who change two weekdays don't undo each other."""
    mine = select(S.hours).where(S.id == staff_id).with_for_update()
    return dict(session.execute(mine).scalar_one())


def set_day(
    session: Session, staff_id: str, day: date, windows: Sequence[str], *, by: str, now: datetime
) -> None:
    """The hours of one date; whoever sets it last is right."""
    values: dict[str, Any] = {"windows": list(windows), "set_at": now, "set_by": by}
    row = insert_into(session, shift_days).values(id=new_id(now), staff_id=staff_id, date=day, **values)
    session.execute(row.on_conflict_do_update(index_elements=["staff_id", "date"], set_=values))


def clear_day(session: Session, staff_id: str, day: date) -> bool:
    """The date has the hours of its weekday again; whether it had its own."""
    gone = delete(shift_days).where(D.staff_id == staff_id, D.date == day).returning(D.id)
    return session.execute(gone).first() is not None


def add_time_off(session: Session, staff_id: str, span: Span, note: str, *, by: str, now: datetime) -> str:
    """The id of the time off."""
    made = {"id": new_id(now), "made_at": now, "made_by": by}
    _OFF.run(session, staff_id=staff_id, starts_at=span[0], ends_at=span[1], note=note or None, **made)
    return str(made["id"])


def add_on_call(session: Session, staff_id: str, span: Span, *, by: str, now: datetime) -> str:
    """The id of the turn."""
    made = {"id": new_id(now), "made_at": now, "made_by": by}
    _ON_CALL.run(session, staff_id=staff_id, starts_at=span[0], ends_at=span[1], **made)
    return str(made["id"])


def remove_time_off(session: Session, turn_id: str) -> str | None:
    """Whose it was; None where it is gone already."""
    gone = delete(time_off).where(F.id == turn_id).returning(F.staff_id)
    return session.execute(gone).scalar_one_or_none()


def remove_on_call(session: Session, turn_id: str) -> str | None:
    """Whose it was; None where it is gone already."""
    gone = delete(on_call_table).where(C.id == turn_id).returning(C.staff_id)
    return session.execute(gone).scalar_one_or_none()


def set_status(session: Session, staff_id: str, status: str, until: datetime | None) -> None:
    """What they chose, and when it ends by itself."""
    _STAFF.run(session, staff_id, status=status, status_until=until)
