"""SQL of how far people came: who entered when, and the counts of each day."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_
from sqlalchemy.orm import Session

from core.db.upsert import insert_into
from core.sequences.tables import enrollments, sequence_reach

E, R = enrollments.c, sequence_reach.c
ENTERED = "entered"
EVERY_VERSION = 0


@dataclass(frozen=True)
class Count:
    """People of one version of whom one thing became at one step; with `state` ENTERED and no step, all who entered."""

    version: int
    step: str
    state: str
    reason: str
    people: int


def entered(
    sequence: str, since: datetime, until: datetime | None = None, version: int = EVERY_VERSION
) -> Select[Any]:
    """Who entered a sequence in a stretch of time, for the counts of other features: id, lead_id, version, state,
    stop_reason."""
    mine = select(E.id, E.lead_id, E.version, E.state, E.stop_reason)
    mine = mine.where(E.sequence == sequence, E.started_at >= since)
    mine = mine.where(E.started_at < until) if until else mine
    return mine.where(E.version == version) if version != EVERY_VERSION else mine


def people_in(session: Session, people: Select[Any]) -> list[Count]:
    """How many entered, by version."""
    who = people.subquery("who")
    rows = session.execute(select(who.c.version, func.count()).group_by(who.c.version))
    return [Count(version, "", ENTERED, "", count) for version, count in rows]


def first_entered(session: Session) -> dict[str, datetime]:
    """When somebody first entered each sequence: a look at the front of an index for each."""
    keys = session.execute(select(E.sequence).distinct()).scalars().all()
    first = select(func.min(E.started_at))
    return {key: session.execute(first.where(E.sequence == key)).scalar_one() for key in keys}


def entries_of(session: Session, enrollment_ids: Select[tuple[str | None]]) -> set[tuple[str, datetime]]:
    """In which sequence and when these began."""
    rows = session.execute(select(E.sequence, E.started_at).where(E.id.in_(enrollment_ids)).distinct())
    return {(row.sequence, row.started_at) for row in rows}


def entries_since(session: Session, key: str, since: datetime) -> set[tuple[str, datetime]]:
    """When people entered one sequence since a moment."""
    rows = session.execute(select(E.started_at).where(E.sequence == key, E.started_at >= since).distinct())
    return {(key, started_at) for started_at in rows.scalars()}


def kept(session: Session, sequence: str, day: date) -> set[Count]:
    """What was counted for those of a day last time."""
    columns = [R[name] for name in Count.__dataclass_fields__]
    rows = session.execute(select(*columns).where(R.sequence == sequence, R.day == day))
    return {Count(*row) for row in rows}


def keep(session: Session, sequence: str, day: date, counts: Collection[Count]) -> None:
    """Replace what those of a day were counted as. Another scheduler may do the same at the same moment."""
    keys = [(one.version, one.step, one.state, one.reason) for one in counts]
    gone = tuple_(R.version, R.step, R.state, R.reason).not_in(keys)
    session.execute(delete(sequence_reach).where(R.sequence == sequence, R.day == day, gone))
    if not counts:
        return
    statement = insert_into(session, sequence_reach)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["sequence", "day", "version", "step", "state", "reason"],
            set_={"people": statement.excluded.people},
        ),
        [asdict(count) | {"sequence": sequence, "day": day} for count in counts],
    )


def summed(session: Session, sequence: str, since: date, version: int = EVERY_VERSION) -> list[Count]:
    """The counts of all days from `since` on, put together; those of one version, or of every one as version 0."""
    where = [R.sequence == sequence, R.day >= since]
    if version != EVERY_VERSION:
        where.append(R.version == version)
    rows = session.execute(
        select(R.step, R.state, R.reason, func.sum(R.people))
        .where(*where)
        .group_by(R.step, R.state, R.reason)
    )
    return [Count(version, step, state, reason, int(people)) for step, state, reason, people in rows]
