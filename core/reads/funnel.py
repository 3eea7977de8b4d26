"""The funnel: how many leads came how far, in a period and in the one before it. No patient's name is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from core.analytics.tables import conversion_events
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.reads.parts.lead_lines import LeadLine, lines
from core.reads.parts.periods import Period
from core.reads.parts.scopes import STAGES, Scope, how_many, in_scope, reached, stage_counts
from core.reads.parts.sql import local_hour, median_of, seconds_between

L, E = leads.c, conversion_events.c
OPENED = ("link_opened", "link_clicked")  # the booking page; another page of the clinic
MACHINE_SAMPLE = 500
EVENING = 18
BY_A_PERSON = STAGES[2]  # the first stage that needs a person


@dataclass(frozen=True)
class FormRow:
    """One form type: leads by stage in the order of STAGES, and cents of what was booked and treated."""

    form: str
    stages: tuple[int, ...]
    booked_cents: int
    treated_cents: int


@dataclass(frozen=True)
class Slot:
    """Leads that came in at some kind of hour, and those of them that a person tried to reach."""

    name: str  # evening, day
    forms: int
    attempted: int


@dataclass(frozen=True)
class Funnel:
    """Counts by stage in the order of STAGES. Medians are seconds, None where there is nothing to take one of.

    `talked`: leads with whom a person spoke, of those whom a person tried to reach. `opened`: leads that opened a link
    which we sent them.
    """

    stages: tuple[int, ...]
    before: tuple[int, ...]
    by_form: tuple[FormRow, ...]
    slots: tuple[Slot, ...]
    booking_seconds: float | None
    booking_seconds_before: float | None
    machine_seconds: float | None
    talked: int = 0
    opened: int = 0

    @property
    def treated_cents(self) -> int:
        return sum(row.treated_cents for row in self.by_form)


def read(session: Session, actor: Actor, period: Period, scope: Scope, zone: ZoneInfo) -> Funnel:
    """`before` is counted as it stood when that period ended: young leads are not measured against old ones.

    Raises Denied.
    """
    require(actor, Permission.SEE_RESULTS)
    now_where = in_scope(scope, period.start, period.end)
    before_where = in_scope(scope, period.before, period.before_end)
    rows = _rows(session, now_where, period.end, local_hour(L.created_at, zone, period.start, period.end))
    before = _rows(session, before_where, period.before_end, literal(0))
    return Funnel(
        stages=_total(rows),
        before=_total(before),
        by_form=_by_form(rows),
        slots=_slots(rows),
        booking_seconds=_to_booking(session, now_where, period.end),
        booking_seconds_before=_to_booking(session, before_where, period.before_end),
        machine_seconds=_machine(session, now_where),
        talked=sum(row.talked for row in rows),
        opened=_opened(session, now_where, period),
    )


def _opened(session: Session, where: ColumnElement[bool], period: Period) -> int:
    """By the events of the period: nobody opens a link before they came."""
    within = (E.event_timestamp >= period.start, E.event_timestamp < period.end)
    statement = select(func.count(E.lead_id.distinct())).join(leads, L.id == E.lead_id)
    return int(session.execute(statement.where(where, E.event_type.in_(OPENED), *within)).scalar_one())


@dataclass(frozen=True)
class _Row:
    form: str
    evening: bool
    stages: tuple[int, ...]
    talked: int
    booked_cents: int
    treated_cents: int


def _rows(
    session: Session, where: ColumnElement[bool], until: datetime, hour: ColumnElement[int]
) -> list[_Row]:
    """Everything that can be counted in one pass over the leads."""
    evening = case((hour >= EVENING, 1), else_=0).label("evening")
    statement = (
        select(
            L.form_type,
            evening,
            *stage_counts(until),
            how_many(reached("talked", until)),
            _cents("booked", until),
            _cents("treated", until),
        )
        .where(where)
        .group_by(L.form_type, evening)
    )
    return [
        _Row(row[0], bool(row[1]), tuple(int(n) for n in row[2:-3]), *map(int, row[-3:]))
        for row in session.execute(statement)
    ]


def _by_form(rows: Sequence[_Row]) -> tuple[FormRow, ...]:
    forms = {row.form: [other for other in rows if other.form == row.form] for row in rows}
    folded = [
        FormRow(
            form, _total(its), sum(row.booked_cents for row in its), sum(row.treated_cents for row in its)
        )
        for form, its in forms.items()
    ]
    return tuple(sorted(folded, key=lambda row: (-row.stages[0], row.form)))


def _slots(rows: Sequence[_Row]) -> tuple[Slot, ...]:
    """Leads by evening and day, on the clinic's clock."""
    parts = {"evening": [row for row in rows if row.evening], "day": [row for row in rows if not row.evening]}
    attempted = STAGES.index("attempted")
    return tuple(
        Slot(name, sum(row.stages[0] for row in its), sum(row.stages[attempted] for row in its))
        for name, its in parts.items()
    )


def _cents(stage: str, until: datetime) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((reached(stage, until), L.value_cents), else_=0)), 0)


def _total(rows: Sequence[_Row]) -> tuple[int, ...]:
    return tuple(sum(row.stages[place] for row in rows) for place in range(len(STAGES)))


def untried(
    session: Session, actor: Actor, period: Period, scope: Scope, *, most: int
) -> tuple[LeadLine, ...]:
    """The leads behind the funnel's gap before the first attempt, newest first, at most `most`.

    Names are for those who may see leads: a result alone shows none. Raises Denied.
    """
    require(actor, Permission.SEE_RESULTS)
    require(actor, Permission.SEE_LEADS)
    nobody = case((reached(BY_A_PERSON, period.end), 1), else_=0) == 0
    newest = (
        select(L.id)
        .where(in_scope(scope, period.start, period.end), nobody)
        .order_by(L.created_at.desc(), L.number.desc())
        .limit(most)
    )
    return lines(session, session.execute(newest).scalars().all(), {})


def _to_booking(session: Session, where: ColumnElement[bool], until: datetime) -> float | None:
    spans = select(seconds_between(L.created_at, L.booked_at).label("span")).where(where, L.booked_at < until)
    found = session.execute(median_of(spans)).scalar()
    return None if found is None else float(found)


def _machine(session: Session, where: ColumnElement[bool]) -> float | None:
    """Median seconds from the form to its confirmation."""
    found = session.execute(median_of(_machine_statement(where))).scalar()
    return None if found is None else float(found)


def machine_spans(session: Session, where: ColumnElement[bool]) -> list[float]:
    """The seconds that `machine_seconds` of the funnel is the median of, for reads that have asked already."""
    return [float(span) for span in session.execute(_machine_statement(where)).scalars()]


def _machine_statement(where: ColumnElement[bool]) -> Select[Any]:
    """Seconds from the form to its confirmation, of the newest few hundred."""
    text = sms_messages.c
    return (
        select(seconds_between(L.created_at, text.sent_at).label("span"))
        .join(sms_messages, text.lead_id == L.id)
        .where(where, text.purpose == "confirmation", text.sent_at.is_not(None))
        .order_by(L.created_at.desc())
        .limit(MACHINE_SAMPLE)
    )
