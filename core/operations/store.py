"""SQL of heartbeats, switches, and how far each periodic job has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db.prepared import Command, Query
from core.db.upsert import insert_into
from core.domain.ids import new_id
from core.operations.rules import Backups
from core.operations.tables import heartbeats, job_marks, sender_days, switches

PAUSED = "sending_paused"
NOT_CONFIRMED = "not_confirmed"
# Each stops everything; the first that holds is the one that is told.
BREAKERS = ("error_rate", "opt_out_rate", "spend_limit")
STOPS = (NOT_CONFIRMED, PAUSED, *BREAKERS)
TEMPLATE = "template:"
# The one row that stops nothing: its value changes with whatever is published, so that processes read it again.
PUBLISHED = "published"
NEVER_PUBLISHED = ""
BACKUP = "backup"  # the mark of the last good nightly one: when it was begun
BACKUP_FAILED = "backup_failed"  # when a try last ended without one
BACKUP_TOLD = "backup_told"  # when admins last heard that they are missing


def beat(session: Session, owner: str, process: str, *, started_at: datetime, now: datetime) -> None:
    """Show that a process lives."""
    row = {"owner": owner, "process": process, "started_at": started_at, "beat_at": now}
    statement = insert_into(session, heartbeats).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["owner"], set_={"beat_at": now, "stopped_at": None})
    )


def stopped(session: Session, owner: str, now: datetime) -> None:
    """A process says goodbye."""
    session.execute(update(heartbeats).where(heartbeats.c.owner == owner).values(stopped_at=now))


@dataclass(frozen=True)
class Beat:
    """The last sign of life of one process."""

    owner: str
    process: str
    started_at: datetime
    beat_at: datetime


def beating(session: Session, process: str) -> list[Beat]:
    """Processes of a kind that have not said goodbye, last seen first."""
    c = heartbeats.c
    statement = select(c.owner, c.process, c.started_at, c.beat_at).where(
        c.process == process, c.stopped_at.is_(None)
    )
    return [Beat(*row) for row in session.execute(statement.order_by(c.beat_at.desc()))]


@dataclass(frozen=True)
class Gate:
    """What may leave now. `stopped`: '' or the reason why nothing may; `templates`: those that are stopped.

    `published` differs from an earlier one when something was published in between.
    """

    stopped: str
    templates: frozenset[str]
    published: str = NEVER_PUBLISHED


GATE = Query(
    select(switches.c.name, switches.c.stops, switches.c.value)
    .where(or_(switches.c.stops.is_(True), switches.c.name == PAUSED, switches.c.name == PUBLISHED))
    # Held until the claim commits: a pause waits for it, and the claims behind the pause see it.
    .with_for_update(read=True)
)


def gate(session: Session) -> Gate:
    """What stops sending at this moment; a pause that is committed later waits for this transaction."""
    rows = GATE.rows(session)
    names = {name for name, stops, _value in rows if stops}
    stopped = next((reason for reason in STOPS if reason in names), "")
    templates = frozenset(name[len(TEMPLATE) :] for name in names if name.startswith(TEMPLATE))
    return Gate(
        stopped, templates, next((_stamp(row[2]) for row in rows if row[0] == PUBLISHED), NEVER_PUBLISHED)
    )


def _stamp(value: Mapping[str, Any] | None) -> str:
    return str((value or {}).get("stamp") or NEVER_PUBLISHED)


def published_stamp(session: Session) -> str:
    """The same as `Gate.published`, holding nothing."""
    found = session.execute(select(switches.c.value).where(switches.c.name == PUBLISHED))
    return _stamp(found.scalar_one_or_none())


def note_published(session: Session, *, by: str | None, now: datetime) -> None:
    """Something was published, or an experiment began or ended: whoever keeps what is in use reads it again. Never the
    same stamp twice, so that one that was rolled back is nobody's."""
    values = {"stops": False, "value": {"stamp": new_id(now)}, "changed_at": now, "changed_by": by}
    statement = insert_into(session, switches).values(name=PUBLISHED, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def sending_paused(session: Session) -> bool:
    """Whether the one switch stops all sending."""
    statement = select(switches.c.stops).where(switches.c.name == PAUSED)
    return bool(session.execute(statement).scalar_one_or_none())


def _one_more(build: Any) -> Command:
    c = sender_days.c
    insert = build(sender_days).values({column.name: bindparam(column.name) for column in c})
    counted = c.segments + insert.excluded.segments
    upsert = insert.on_conflict_do_update(index_elements=["sender", "day"], set_={"segments": counted})
    return Command(upsert)


# Made once: every claim runs it.
_SPEND = {"postgresql": _one_more(postgresql.insert), "sqlite": _one_more(sqlite.insert)}


def spend(session: Session, sender: str, day: date, segments: int) -> None:
    """Count segments handed over on `day`; for every text, whether or not its sender has a budget."""
    _SPEND[session.get_bind().dialect.name].run(session, sender=sender, day=day, segments=segments)


def segments_left(session: Session, sender: str, day: date, budget: int | None) -> int | None:
    """How many segments of the day's budget are left, never below 0; None where there is no budget."""
    if budget is None:
        return None
    c = sender_days.c
    spent = session.execute(select(c.segments).where(c.sender == sender, c.day == day)).scalar_one_or_none()
    return max(0, budget - (spent or 0))


_SPENT = select(func.coalesce(func.sum(sender_days.c.segments), 0)).where(
    sender_days.c.day == bindparam("day_")
)


def segments_spent(session: Session, day: date) -> int:
    """Segments handed over on `day` by all senders."""
    return int(session.execute(_SPENT, {"day_": day}).scalar_one())


def reached(session: Session, name: str) -> datetime | None:
    """The moment up to which a job is done; None before its first time."""
    found = session.execute(select(job_marks.c.reached_at).where(job_marks.c.name == name))
    return found.scalar_one_or_none()


def reach(session: Session, name: str, moment: datetime) -> None:
    """Everything up to `moment` is done."""
    statement = insert_into(session, job_marks).values(name=name, reached_at=moment)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"reached_at": moment}))


def backups(session: Session) -> Backups:
    """How the nightly backups stand."""
    return Backups(*(reached(session, name) for name in (BACKUP, BACKUP_FAILED, BACKUP_TOLD)))


def take_turn(session: Session, name: str, now: datetime, *, unless_since: datetime) -> bool:
    """Say that somebody begins with `name`; False where somebody did so after `unless_since`."""
    c = job_marks.c
    statement = insert_into(session, job_marks).values(name=name, reached_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"reached_at": now}, where=c.reached_at <= unless_since
    )
    return session.execute(statement.returning(c.name)).first() is not None


def forget_marks(session: Session, prefix: str, before: datetime) -> None:
    """Marks that begin so and are older than a moment are of no more use."""
    c = job_marks.c
    session.execute(
        delete(job_marks).where(c.name.startswith(prefix, autoescape=True), c.reached_at < before)
    )


def forget_silent_processes(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` processes last seen before a moment; how many."""
    c = heartbeats.c
    old = select(c.owner).where(c.beat_at < before).limit(limit)
    return len(session.execute(delete(heartbeats).where(c.owner.in_(old)).returning(c.owner)).all())
