"""Whether texts leave: what went lately and what came of it, what is held, what waits for a person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.messaging import held as holds
from core.messaging.actions import EMAIL, Lane, State
from core.messaging.store.resend import FAILED
from core.messaging.tables import sms_messages, timed_actions
from core.operations import store as operations
from core.reads.parts import email_counts, waiting
from core.reads.parts.sql import one_of, unix_seconds

A, S = timed_actions.c, sms_messages.c
HOUR = timedelta(hours=1)
AHEAD = 24 * HOUR
MOST_AHEAD = 50_000
LIVING = timedelta(seconds=15)


@dataclass(frozen=True)
class Pulse:
    """How it stands at this moment. `due_since`: since when the action that waits longest is due; None: none is.

    `next_due`: when the next one that is planned becomes due. `doubtful` are of unknown fate and wait for a person,
    `checking` of unknown fate and still looked up.
    """

    beat_at: datetime | None
    schedulers: int
    due: int
    due_since: datetime | None
    next_due: datetime | None
    sending: int
    doubtful: int
    checking: int


def pulse(session: Session, actor: Actor, *, now: datetime) -> Pulse:
    """A handful of small statements, however much is pending. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    beats = operations.beating(session, "scheduler")
    since = waiting.due_since(session, now)
    unknown = is_word(A.state, State.UNKNOWN)
    return Pulse(
        beat_at=beats[0].beat_at if beats else None,
        schedulers=sum(now - beat.beat_at <= LIVING for beat in beats),
        due=sum(waiting.due(session, now).values()),
        due_since=min(since.values(), default=None),
        next_due=waiting.next_due(session, now),
        sending=_count(session, is_word(A.state, State.SENDING)),
        doubtful=_count(session, unknown, waiting.UNDECIDED, A.verify_at.is_(None)),
        checking=_count(session, unknown, A.verify_at.is_not(None)),
    )


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return int(session.execute(select(func.count()).select_from(timed_actions).where(*where)).scalar_one())


@dataclass(frozen=True)
class Outcomes:
    """Texts that were handed over, by what came of them. The rest is on its way."""

    handed_over: int = 0
    delivered: int = 0
    failed: int = 0

    @property
    def on_the_way(self) -> int:
        return max(0, self.handed_over - self.delivered - self.failed)


@dataclass(frozen=True)
class Failures:
    """Failed texts with one code of the provider; 0 where it gave none. `last` is when the newest was made.

    `tries`: how often the one that was tried most was handed over.
    """

    code: int
    texts: int
    templates: int
    last: datetime
    tries: int


@dataclass(frozen=True)
class OfTemplate:
    """What came of one template's texts. '' is what people wrote themselves. `filtered` by carriers (30007)."""

    template: str
    outcomes: Outcomes
    filtered: int


@dataclass(frozen=True)
class Recent:
    """A stretch of time. `steps` are `step` long, from `start` on; those without a text are left out."""

    start: datetime
    step: timedelta
    total: Outcomes
    steps: Mapping[int, Outcomes]
    failures: tuple[Failures, ...]
    templates: tuple[OfTemplate, ...]


FILTERED = 30007
# A refusal at the provider's door was never handed over by its time, yet it was a try: both count as gone.
GONE = case((S.sent_at.is_not(None) | one_of(S.status, FAILED), 1), else_=0)
DELIVERED = case((S.delivered_at.is_not(None), 1), else_=0)
LOST = case((one_of(S.status, FAILED), 1), else_=0)
SUMS = tuple(func.coalesce(func.sum(one), 0) for one in (GONE, DELIVERED, LOST))


def recent(session: Session, actor: Actor, start: datetime, step: timedelta) -> Recent:
    """Texts out since `start`, to patients and to staff. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    steps = _steps(session, start, step)
    return Recent(
        start=start,
        step=step,
        total=_total(steps.values()),
        steps=steps,
        failures=_failures(session, start),
        templates=_templates(session, start),
    )


def _steps(session: Session, start: datetime, step: timedelta) -> dict[int, Outcomes]:
    place = _place(S.created_at, start, step)
    rows = session.execute(select(place, *SUMS).where(*_out(start)).group_by(place))
    return {int(row[0]): Outcomes(*map(int, row[1:])) for row in rows}


def _place(moment: ColumnElement[datetime], start: datetime, step: timedelta) -> ColumnElement[int]:
    """In which step a moment lies, 0 for the first."""
    return (unix_seconds(moment) - int(start.timestamp())) // int(step.total_seconds())


def _out(start: datetime) -> tuple[ColumnElement[bool], ...]:
    return (S.created_at >= start, S.direction == "outbound")


def _total(parts: Iterable[Outcomes]) -> Outcomes:
    columns = zip(*((one.handed_over, one.delivered, one.failed) for one in parts), strict=True)
    return Outcomes(*map(sum, columns))


def _failures(session: Session, start: datetime) -> tuple[Failures, ...]:
    code, texts = func.coalesce(S.error_code, 0), func.count()
    statement = (
        select(
            code,
            texts,
            func.count(func.distinct(S.template_id)),
            func.max(S.created_at),
            func.coalesce(func.max(A.attempts), 1),
        )
        .outerjoin(timed_actions, A.id == S.action_id)
        .where(one_of(S.status, FAILED), S.created_at >= start)
        .group_by(code)
        .order_by(texts.desc(), code)
    )
    return tuple(Failures(*row) for row in session.execute(statement))


def _templates(session: Session, start: datetime) -> tuple[OfTemplate, ...]:
    name = func.coalesce(S.template_id, "")
    filtered = func.coalesce(func.sum(case((S.error_code == FILTERED, LOST), else_=0)), 0)
    statement = (
        select(name, *SUMS, filtered).where(*_out(start)).group_by(name).order_by(SUMS[0].desc(), name)
    )
    return tuple(
        OfTemplate(row[0], Outcomes(*map(int, row[1:4])), int(row[4])) for row in session.execute(statement)
    )


@dataclass(frozen=True)
class Emails:
    """Emails to patients that were handed over since a moment, and what the mail servers said. Whether one was read
    nobody knows. `doubtful`: their answer was lost."""

    handed_over: int = 0
    failed: int = 0
    bounced: int = 0
    complained: int = 0
    doubtful: int = 0

    @property
    def any(self) -> bool:
        return bool(self.handed_over or self.failed or self.bounced or self.doubtful)


def emails_since(session: Session, actor: Actor, start: datetime) -> Emails:
    """Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    counts = email_counts.since(session, start)
    return Emails(
        handed_over=counts.get("handed_over", 0),
        failed=counts.get("failed", 0),
        bounced=counts.get("bounced", 0),
        complained=counts.get("complained", 0),
        doubtful=_count(session, is_word(A.state, State.UNKNOWN), A.kind == EMAIL, A.audience == "patient"),
    )


@dataclass(frozen=True)
class Held:
    """Texts that are held back for one reason in the next 24 hours, and when the first of them may go."""

    reason: str
    texts: int
    first: datetime


@dataclass(frozen=True)
class Ahead:
    """Texts to patients that are planned for the next 24 hours, by hour from `start` on; `more` where not all fit."""

    start: datetime
    hours: Mapping[int, int]
    held: tuple[Held, ...]
    more: bool

    @property
    def texts(self) -> int:
        return sum(self.hours.values())


def ahead(session: Session, actor: Actor, start: datetime) -> Ahead:
    """What is planned from `start` (a full hour) on. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    planned = (
        select(A.due_at, A.reason)
        .where(is_word(A.state, State.PLANNED), A.lane.in_([lane.value for lane in Lane]))
        .where(A.due_at >= start, A.due_at < start + AHEAD, A.kind == "text", A.audience == "patient")
        .limit(MOST_AHEAD)
        .subquery()
    )
    hour = _place(planned.c.due_at, start, HOUR)
    statement = select(hour, planned.c.reason, func.count(), func.min(planned.c.due_at))
    rows = session.execute(statement.group_by(hour, planned.c.reason)).all()
    hours: Counter[int] = Counter()
    for place, _, count, _ in rows:
        hours[int(place)] += count
    return Ahead(start, hours, _held(rows), more=sum(hours.values()) == MOST_AHEAD)


def _held(rows: Iterable[Any]) -> tuple[Held, ...]:
    by_reason: dict[str, Held] = {}
    for _, reason, count, first in rows:
        if reason in holds.WAITS:
            known = by_reason.get(reason, Held(reason, 0, first))
            by_reason[reason] = Held(reason, known.texts + count, min(known.first, first))
    return tuple(sorted(by_reason.values(), key=lambda held: (-held.texts, held.reason)))
