"""What today's first contacts were like, for the SLA monitor; its clocks are in `sla_clocks`.

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

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from core.domain.hours import WeeklyHours, at
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.reads.parts.sql import one_of, seconds_between
from core.reference import Reference
from core.sla.rules import FIRST_CONTACT, FIRST_CONVERSATION, FROM_THE_FORM, open_time
from core.sla.tables import sla_clocks

C, L = sla_clocks.c, leads.c
LIVE = ("running", "paused")
ENDED = ("met", "missed")
MACHINE_SAMPLE = 200
A_DAY, WEEK = timedelta(days=1), timedelta(days=7)
Key = tuple[str, str]  # location and form type; '' stands for all of them


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
            tally.due += row.missed if row.target == FIRST_CONTACT else 0
            tally.talk_due += row.missed if row.target == FIRST_CONVERSATION else 0
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
    # Both ends: of a range with one, SQLite thinks that it is most of the table, and walks through every lead.
    today = (C.ended_at >= start, C.ended_at < start + 2 * A_DAY)
    return session.execute(made.where(*today, C.state.in_(ENDED)))


def _still_missed(session: Session, start: datetime) -> Iterable[Row[Any]]:
    """How many targets passed since with nobody there yet, by target, location and form."""
    sides = (C.target, L.location, L.form_type)
    waiting = select(*sides, func.count().label("missed")).join_from(sla_clocks, leads, L.id == C.lead_id)
    missed = (one_of(C.state, LIVE), one_of(C.target, FROM_THE_FORM), C.breached_at >= start)
    return session.execute(waiting.where(*missed).group_by(*sides))


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
        .where(
            text.created_at >= start,
            text.created_at < start + 2 * A_DAY,
            text.purpose == "confirmation",
            text.sent_at.is_not(None),
        )
    )
    return session.execute(newest.order_by(text.created_at.desc()).limit(MACHINE_SAMPLE))
