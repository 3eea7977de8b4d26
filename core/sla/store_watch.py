"""SQL of what time alone does to clocks: targets missed, pauses that last too long, what the machine had to do.

It is asked for twice a second: each question goes by an index that holds nothing but what is still to be done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk
from core.db.types import is_word
from core.domain.hours import NEVER
from core.domain.ids import new_id
from core.sla.rules import MACHINE
from core.sla.store import LIVE_ROWS
from core.sla.tables import sla_breaches, sla_clocks

C, B = sla_clocks.c, sla_breaches.c
_UNMARKED = (is_word(C.state, "running"), C.breached_at.is_(None))


@dataclass(frozen=True)
class Missed:
    """A clock whose time has passed."""

    clock_id: str
    lead_id: str
    target: str
    due_at: datetime


def any_overdue(session: Session, now: datetime) -> bool:
    """Whether a running clock has passed its due time unmarked: asked often, so it writes nothing."""
    return session.execute(select(C.id).where(*_UNMARKED, C.due_at < now).limit(1)).first() is not None


def mark_overdue(session: Session, now: datetime) -> list[Missed]:
    """Mark every running clock whose due time has passed, once, whoever else sweeps at this moment."""
    statement = (
        update(sla_clocks)
        .where(*_UNMARKED, C.due_at < now)
        .values(breached_at=now)
        .returning(C.id, C.lead_id, C.target, C.due_at)
    )
    return sorted((Missed(*row) for row in session.execute(statement)), key=lambda one: one.due_at)


@dataclass(frozen=True)
class Breach:
    """A target that was missed: `staff_id` is whose the lead was, `cause` a word of `core.sla.causes`."""

    missed: Missed
    staff_id: str | None
    cause: str


_BREACHES = Bulk(
    insert(sla_breaches),
    ("id", "clock_id", "lead_id", "target", "at", "noted_at", "staff_id", "cause"),
    once=("clock_id",),
)


def note_breaches(session: Session, breaches: Sequence[Breach], now: datetime) -> int:
    """Write each for good; how many were new: a clock has one breach at most."""
    rows = [
        {
            "id": new_id(now),
            "clock_id": one.missed.clock_id,
            "lead_id": one.missed.lead_id,
            "target": one.missed.target,
            "at": one.missed.due_at,
            "noted_at": now,
            "staff_id": one.staff_id,
            "cause": one.cause,
        }
        for one in breaches
    ]
    return _BREACHES.run(session, rows)


def causes(session: Session, target: str, start: datetime, end: datetime) -> dict[str, int]:
    """How many breaches of a target in a period had which cause, each counted once.

    One whose clock counts for nothing, or was met by a call that was logged later than it was made, is left out.
    """
    counted = (
        select(B.cause, func.count())
        .join(sla_clocks, C.id == B.clock_id)
        .where(B.at >= start, B.at < end, B.target == target, C.breached_at.is_not(None), C.state != "void")
    )
    return {row[0]: int(row[1]) for row in session.execute(counted.group_by(B.cause))}


# ---- pauses


_STANDS_STILL = is_word(C.state, "paused")
_PAUSED: list[Any] = [
    C.id,
    C.lead_id,
    C.due_at,
    C.paused_at,
    C.pause_ends_at,
    C.at_any_hour,
    C.paused_seconds,
]


def any_pause_over(session: Session, now: datetime) -> bool:
    """Whether a clock stands still for longer than it may."""
    return (
        session.execute(select(C.id).where(_STANDS_STILL, C.pause_ends_at <= now).limit(1)).first()
        is not None
    )


def pauses_over(session: Session, now: datetime) -> list[Any]:
    """Those clocks, as `store.go_on` takes them, with lead_id and pause_ends_at."""
    ordered = select(*_PAUSED).where(_STANDS_STILL, C.pause_ends_at <= now).order_by(C.lead_id, C.id)
    return list(session.execute(ordered).all())


# ---- what the product does by itself


@dataclass(frozen=True)
class Machine:
    """A running clock of the machine's."""

    clock_id: str
    lead_id: str
    target: str
    started_at: datetime
    due_at: datetime


def of_machine(session: Session) -> list[Machine]:
    """Every one that runs: those of the last seconds, and of leads that nobody could be given."""
    columns: list[Any] = [C.id, C.lead_id, C.target, C.started_at, C.due_at]
    live = (LIVE_ROWS, is_word(C.state, "running"), C.target.in_(MACHINE))
    return [Machine(*row) for row in session.execute(select(*columns).where(*live).order_by(C.id))]


def end_of_machine(session: Session, done: Mapping[Machine, datetime | None], now: datetime) -> list[Missed]:
    """End those clocks as of when it was done, or count them for nothing (None); what was late, of these."""
    late: list[Missed] = []
    for clock, at in done.items():
        if at is None:
            values: dict[str, Any] = {"state": "void", "ended_at": now}
        else:
            on_time = at <= clock.due_at
            seconds = max(0, int((at - clock.started_at).total_seconds()))
            values = {"state": "met" if on_time else "missed", "ended_at": at, "response_seconds": seconds}
            values |= {} if on_time else {"breached_at": func.coalesce(C.breached_at, at)}
            late += [] if on_time else [Missed(clock.clock_id, clock.lead_id, clock.target, clock.due_at)]
        session.execute(
            update(sla_clocks).where(C.id == clock.clock_id, C.state == "running").values(**values)
        )
    return late


_NEVER_DUE = (LIVE_ROWS, is_word(C.state, "running"), C.due_at >= NEVER)


def any_never_due(session: Session) -> bool:
    """Whether a running clock waits for an open hour that never came: a look at the index of live clocks."""
    return session.execute(select(C.id).where(*_NEVER_DUE).limit(1)).first() is not None


def never_due(session: Session) -> list[tuple[str, str, datetime, timedelta]]:
    """(clock, lead, start, target) of each of them."""
    rows = session.execute(select(C.id, C.lead_id, C.started_at, C.target_seconds).where(*_NEVER_DUE))
    return [(row.id, row.lead_id, row.started_at, timedelta(seconds=row.target_seconds)) for row in rows]


def give_due(session: Session, clock_id: str, due_at: datetime) -> bool:
    """An open hour came after all; False where the clock ended meanwhile."""
    found = update(sla_clocks).where(C.id == clock_id, *_NEVER_DUE).values(due_at=due_at)
    return session.execute(found.returning(C.id)).scalar_one_or_none() is not None
