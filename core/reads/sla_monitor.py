"""The SLA monitor: every live clock by time left, and what today's first contacts were like.

First contact is a person's attempt, first conversation is apart, and automatic texts are a figure of their own.
Response times count opening hours only, as the clocks do, so that a form sent at night does not spoil the morning's
median.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import fmean, median
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.domain.hours import WeeklyHours, at
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.patients.tables import patients
from core.reads.parts.sql import one_of, seconds_between
from core.reference import Reference
from core.sla.rules import FIRST_CONTACT, FIRST_CONVERSATION, open_time
from core.sla.tables import sla_clocks
from core.staff.tables import staff

C, L = sla_clocks.c, leads.c
LIVE = ("running", "paused")
ENDED = ("met", "missed")
MOST_CLOCKS = 400
MACHINE_SAMPLE = 200
WEEK = timedelta(days=7)
Key = tuple[str, str]  # location and form type; '' stands for all of them
_RUNS = one_of(C.state, LIVE)
# Until somebody has tried, the clock of the first attempt says it all: no lead stands on the board twice for one call.
_TO_WATCH = or_(C.target != FIRST_CONVERSATION, L.attempted_at.is_not(None))


@dataclass(frozen=True)
class ClockRow:
    """One live clock. `name` is '' where the reader asked for no names; `seen` says whether staff opened the lead."""

    id: str
    lead_id: str
    number: int
    name: str
    target: str
    target_seconds: int
    started_at: datetime
    due_at: datetime
    state: str
    paused_at: datetime | None
    back_at: datetime | None
    location: str
    form: str
    call_only: bool
    vip: bool
    owner: str
    seen: bool


def _live(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(sla_clocks).join(leads, L.id == C.lead_id).where(_RUNS, _TO_WATCH)


def _board(first: Any, last: Any) -> Query:
    return Query(
        _live(
            C.id, C.lead_id, L.number, first, last, C.target, C.target_seconds, C.started_at, C.due_at, C.state,
            C.paused_at, L.snoozed_until, L.location, L.form_type, L.call_only, patients.c.vip, staff.c.name,
            L.viewed_at,
        )
        .join(patients, patients.c.id == L.patient_id)
        .outerjoin(staff, staff.c.id == L.owner_id)
        .order_by(case((C.state == "paused", 1), else_=0), C.due_at)
        .limit(MOST_CLOCKS)
    )  # fmt: skip


_NAMED, _UNNAMED = _board(patients.c.first_name, patients.c.last_name), _board(literal(""), literal(""))
_HOW_MANY = Query(_live(func.count()))


def clocks(session: Session, actor: Actor, *, names: bool = True) -> list[ClockRow]:
    """Live clocks, what is due first at the top, paused ones last; at most MOST_CLOCKS. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    return [_clock(*row) for row in (_NAMED if names else _UNNAMED).rows(session)]


def _clock(
    id_: str, lead_id: str, number: int, first: str, last: str, target: str, target_seconds: int,
    started_at: datetime, due_at: datetime, state: str, paused_at: datetime | None, snoozed_until: datetime | None,
    location: str, form: str, call_only: bool, vip: bool, owner: str | None, viewed_at: datetime | None,
) -> ClockRow:  # fmt: skip
    return ClockRow(
        id=id_,
        lead_id=lead_id,
        number=number,
        name=f"{first} {last}".strip(),
        target=target,
        target_seconds=target_seconds,
        started_at=started_at,
        due_at=due_at,
        state=state,
        paused_at=paused_at,
        back_at=snoozed_until if state == "paused" else None,
        location=location,
        form=form,
        call_only=call_only,
        vip=vip,
        owner=owner or "",
        seen=viewed_at is not None,
    )


def how_many_live(session: Session, actor: Actor) -> int:
    """All live clocks, those beyond MOST_CLOCKS included. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    ((count,),) = _HOW_MANY.rows(session)
    return int(count)


@dataclass(frozen=True)
class Day:
    """Today's first contacts of one location and form, or of all where these are ''. Times are seconds.

    `on_time` of `due`: contacts made today, and those whose target passed today with nobody there yet. `hours` are
    (hour of the clinic's day, median, contacts). `week_on_time` of `week_due` is the whole day a week ago. `talks`,
    `talk_median`, `talk_on_time` of `talk_due` are the same of first conversations.
    """

    location: str
    form: str
    contacts: int
    median: float | None
    average: float | None
    on_time: int
    due: int
    week_on_time: int
    week_due: int
    automatic: float | None
    hours: tuple[tuple[int, float, int], ...]
    talks: int = 0
    talk_median: float | None = None
    talk_on_time: int = 0
    talk_due: int = 0


@dataclass
class _Tally:
    spans: list[float]
    talks: list[float]
    by_hour: dict[int, list[float]]
    automatic: list[float]
    on_time: int = 0
    due: int = 0
    week_on_time: int = 0
    week_due: int = 0
    talk_on_time: int = 0
    talk_due: int = 0


def today(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[Day]:
    """Figures for all together, each location, each form, and each pair that has any. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    zone = reference.clinic.zone
    start = at(now.astimezone(zone).date(), time.min, zone)
    tallies: dict[Key, _Tally] = defaultdict(lambda: _Tally([], [], defaultdict(list), []))
    _ = tallies["", ""]
    _conversations(session, reference, start, tallies)
    for row in _contacts_since(session, start):
        hours = reference.clinic.location(row.location).hours
        span = open_seconds(hours, row.started_at, row.ended_at)
        for tally in _of(tallies, row):
            tally.spans.append(span)
            tally.by_hour[row.ended_at.astimezone(zone).hour].append(span)
            tally.on_time += row.state == "met"
            tally.due += 1
    for row in _still_missed(session, start):
        for tally in _of(tallies, row):
            tally.due += 1
    for row in _a_week_ago(session, start):
        for tally in _of(tallies, row):
            tally.week_on_time += row.met
            tally.week_due += row.ended
    for row in _automatic_since(session, start):
        for tally in _of(tallies, row):
            tally.automatic.append(row.span)
    return [_day(key, tally) for key, tally in sorted(tallies.items())]


def _conversations(
    session: Session, reference: Reference, start: datetime, tallies: dict[Key, _Tally]
) -> None:
    for row in _contacts_since(session, start, FIRST_CONVERSATION):
        hours = reference.clinic.location(row.location).hours
        for tally in _of(tallies, row):
            tally.talks.append(open_seconds(hours, row.started_at, row.ended_at))
            tally.talk_on_time += row.state == "met"
            tally.talk_due += 1
    for row in _still_missed(session, start, FIRST_CONVERSATION):
        for tally in _of(tallies, row):
            tally.talk_due += 1


def open_seconds(hours: WeeklyHours, start: datetime, end: datetime) -> float:
    """How much opening time lies between two moments; all of the time where that is none.

    Somebody who answers at night is not credited with an answer in no time at all.
    """
    return (open_time(hours, start, end) or end - start).total_seconds()


def _of(tallies: dict[Key, _Tally], row: Row[Any]) -> Iterator[_Tally]:
    yield from (tallies[place, form] for place in ("", row.location) for form in ("", row.form_type))


def _day(key: Key, tally: _Tally) -> Day:
    return Day(
        *key,
        contacts=len(tally.spans),
        median=median(tally.spans) if tally.spans else None,
        average=fmean(tally.spans) if tally.spans else None,
        on_time=tally.on_time,
        due=tally.due,
        week_on_time=tally.week_on_time,
        week_due=tally.week_due,
        automatic=median(tally.automatic) if tally.automatic else None,
        hours=tuple((hour, median(spans), len(spans)) for hour, spans in sorted(tally.by_hour.items())),
        talks=len(tally.talks),
        talk_median=median(tally.talks) if tally.talks else None,
        talk_on_time=tally.talk_on_time,
        talk_due=tally.talk_due,
    )


def _clocks_of(target: str, *columns: ColumnElement[Any]) -> Any:
    chosen = select(L.location, L.form_type, *columns).join(leads, L.id == C.lead_id)
    return chosen.where(C.target == target)


def _contacts_since(session: Session, start: datetime, target: str = FIRST_CONTACT) -> Iterable[Row[Any]]:
    made = _clocks_of(target, C.started_at, C.ended_at, C.state)
    return session.execute(made.where(C.ended_at >= start, C.state.in_(ENDED)))


def _still_missed(session: Session, start: datetime, target: str = FIRST_CONTACT) -> Iterable[Row[Any]]:
    waiting = _clocks_of(target, C.id)
    return session.execute(waiting.where(one_of(C.state, LIVE), C.breached_at >= start))


def _a_week_ago(session: Session, start: datetime) -> Iterable[Row[Any]]:
    met = func.sum(case((C.state == "met", 1), else_=0)).label("met")
    that_day = _clocks_of(FIRST_CONTACT, met, func.count().label("ended")).where(
        C.ended_at >= start - WEEK, C.ended_at < start - WEEK + timedelta(days=1), C.state.in_(ENDED)
    )
    return session.execute(that_day.group_by(L.location, L.form_type))


def _automatic_since(session: Session, start: datetime) -> Iterable[Row[Any]]:
    text = sms_messages.c
    newest = (
        select(L.location, L.form_type, seconds_between(L.created_at, text.sent_at).label("span"))
        .join(sms_messages, text.lead_id == L.id)
        .where(text.created_at >= start, text.purpose == "confirmation", text.sent_at.is_not(None))
    )
    return session.execute(newest.order_by(text.created_at.desc()).limit(MACHINE_SAMPLE))
