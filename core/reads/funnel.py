"""The funnel: how many leads came how far, in a period and in the one before it. No patient's name is read here."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.reads.periods import Period
from core.reads.scopes import STAGES, Scope, how_many, in_scope, reached, stage_counts
from core.reads.sql import median_of, parse_utc_hour, seconds_between, utc_hour

L = leads.c
MACHINE_SAMPLE = 500
EVENING = 18


@dataclass(frozen=True)
class FormRow:
    """One form type: leads by stage in the order of STAGES, and cents of what was booked and treated."""

    form: str
    stages: tuple[int, ...]
    booked_cents: int
    treated_cents: int


@dataclass(frozen=True)
class Slot:
    """Leads that came in at some kind of hour, and those of them that a person reached."""

    name: str  # evening, day
    forms: int
    contacted: int


@dataclass(frozen=True)
class Funnel:
    """Counts by stage in the order of STAGES. Medians are seconds, None where there is nothing to take one of."""

    stages: tuple[int, ...]
    before: tuple[int, ...]
    by_form: tuple[FormRow, ...]
    slots: tuple[Slot, ...]
    booking_seconds: float | None
    booking_seconds_before: float | None
    machine_seconds: float | None

    @property
    def treated_cents(self) -> int:
        return sum(row.treated_cents for row in self.by_form)


def read(session: Session, actor: Actor, period: Period, scope: Scope, zone: ZoneInfo) -> Funnel:
    """`before` is counted as it stood when that period ended: young leads are not measured against old ones.

    Raises Denied.
    """
    require(actor, Permission.SEE_RESULTS)
    now_rows = _by_form(session, in_scope(scope, period.start, period.end), period.end)
    before_rows = _by_form(session, in_scope(scope, period.before, period.before_end), period.before_end)
    return Funnel(
        stages=_total(now_rows),
        before=_total(before_rows),
        by_form=now_rows,
        slots=_slots(session, in_scope(scope, period.start, period.end), period.end, zone),
        booking_seconds=_to_booking(session, in_scope(scope, period.start, period.end), period.end),
        booking_seconds_before=_to_booking(
            session, in_scope(scope, period.before, period.before_end), period.before_end
        ),
        machine_seconds=_machine(session, in_scope(scope, period.start, period.end)),
    )


def _by_form(session: Session, where: ColumnElement[bool], until: datetime) -> tuple[FormRow, ...]:
    statement = (
        select(L.form_type, *stage_counts(until), _cents("booked", until), _cents("treated", until))
        .where(where)
        .group_by(L.form_type)
        .order_by(func.count().desc(), L.form_type)
    )
    return tuple(
        FormRow(row[0], tuple(int(n) for n in row[1:-2]), int(row[-2]), int(row[-1]))
        for row in session.execute(statement)
    )


def _cents(stage: str, until: datetime) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((reached(stage, until), L.value_cents), else_=0)), 0)


def _total(rows: tuple[FormRow, ...]) -> tuple[int, ...]:
    return tuple(sum(row.stages[place] for row in rows) for place in range(len(STAGES)))


def _slots(session: Session, where: ColumnElement[bool], until: datetime, zone: ZoneInfo) -> tuple[Slot, ...]:
    """Leads by evening and day. The clinic's hour is worked out here: SQLite knows no time zones."""
    hour = utc_hour(L.created_at).label("hour")
    statement = (
        select(hour, func.count(), how_many(reached("contacted", until))).where(where).group_by("hour")
    )
    totals = {"evening": [0, 0], "day": [0, 0]}
    for text, forms, contacted in session.execute(statement):
        name = "evening" if parse_utc_hour(text).astimezone(zone).hour >= EVENING else "day"
        totals[name][0] += int(forms)
        totals[name][1] += int(contacted)
    return tuple(Slot(name, forms, contacted) for name, (forms, contacted) in totals.items())


def _to_booking(session: Session, where: ColumnElement[bool], until: datetime) -> float | None:
    spans = select(seconds_between(L.created_at, L.booked_at).label("span")).where(where, L.booked_at < until)
    found = session.execute(median_of(spans)).scalar()
    return None if found is None else float(found)


def _machine(session: Session, where: ColumnElement[bool]) -> float | None:
    """Median seconds from the form to its confirmation, over the newest few hundred."""
    text = sms_messages.c
    newest = (
        select(seconds_between(L.created_at, text.sent_at).label("span"))
        .join(sms_messages, text.lead_id == L.id)
        .where(where, text.purpose == "confirmation", text.sent_at.is_not(None))
        .order_by(L.created_at.desc())
        .limit(MACHINE_SAMPLE)
    )
    found = session.execute(median_of(newest)).scalar()
    return None if found is None else float(found)
