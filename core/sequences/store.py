"""SQL of enrollments: who enters, who is under way, who stopped and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.db.prepared import Bulk, Query
from core.db.types import among, is_word
from core.domain.ids import new_id
from core.sequences.rules.definition import Anchor, Sequence
from core.sequences.rules.group import Group
from core.sequences.tables import enrollments

E = enrollments.c
ACTIVE, ENDING, STOPPED, FINISHED = "active", "ending", "stopped", "finished"


@dataclass(frozen=True)
class Enrollment:
    """One patient in one version of a sequence."""

    id: str
    lead_id: str
    patient_id: str
    sequence: str
    version: int
    visit_id: str | None
    anchors: Mapping[str, str]
    moves: int
    state: str
    started_at: datetime

    @property
    def moments(self) -> dict[Anchor, datetime]:
        return {Anchor(name): datetime.fromisoformat(at) for name, at in self.anchors.items()}


_ENROLLMENT: list[Any] = [E[name] for name in Enrollment.__dataclass_fields__]


_ENROLL = Bulk(
    insert(enrollments),
    (
        "id", "lead_id", "patient_id", "sequence", "version", "occurrence", "visit_id", "anchors", "moves", "stops_on",
        "steps_aside", "state", "started_at", "ends_at",
    ),
    once=("sequence", "occurrence"),
)  # fmt: skip


def enroll(
    session: Session,
    sequence: Sequence,
    *,
    lead_id: str,
    patient_id: str,
    occurrence: str,
    visit_id: str | None,
    anchors: Mapping[Anchor, datetime],
    ends_at: datetime,
    now: datetime,
) -> str | None:
    """Put a patient under way; the enrollment's id, or None where this very cause has put somebody there before."""
    row = {
        "id": new_id(now),
        "lead_id": lead_id,
        "patient_id": patient_id,
        "sequence": sequence.key,
        "version": sequence.version,
        "occurrence": occurrence,
        "visit_id": visit_id,
        "anchors": _written(anchors),
        "moves": 0,
        "stops_on": f",{','.join(sorted(sequence.stops_on))},",
        "steps_aside": sequence.steps_aside,
        "state": ACTIVE,
        "started_at": now,
        "ends_at": ends_at,
    }
    return str(row["id"]) if _ENROLL.run(session, [row]) else None


def _written(anchors: Mapping[Anchor, datetime]) -> dict[str, str]:
    return {anchor.value: at.isoformat() for anchor, at in anchors.items()}


def get(session: Session, enrollment_id: str) -> Enrollment | None:
    row = session.execute(select(*_ENROLLMENT).where(E.id == enrollment_id)).one_or_none()
    return Enrollment(*row) if row else None


def of_visit(session: Session, visit_id: str) -> list[Enrollment]:
    """Those that are there because of a visit, whatever became of them."""
    return [Enrollment(*row) for row in session.execute(select(*_ENROLLMENT).where(E.visit_id == visit_id))]


def last_entered(session: Session, patient_id: str, sequence: str) -> datetime | None:
    """When a patient last entered a sequence, in any version."""
    mine = select(func.max(E.started_at)).where(E.patient_id == patient_id, E.sequence == sequence)
    return session.execute(mine).scalar()


def entered(session: Session, sequence: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """When each patient first entered a sequence in a stretch of time, in any version, by patient."""
    rows = session.execute(
        select(E.patient_id, func.min(E.started_at))
        .where(E.sequence == sequence, E.started_at >= since, E.started_at < until)
        .group_by(E.patient_id)
    )
    return dict(rows.all())


def move(
    session: Session, enrollment: Enrollment, anchors: Mapping[Anchor, datetime], ends_at: datetime
) -> int:
    """Other moments to count from; how often it was moved by now."""
    statement = update(enrollments).where(E.id == enrollment.id)
    values = {"anchors": _written(anchors), "moves": E.moves + 1, "ends_at": ends_at}
    return int(session.execute(statement.values(**values).returning(E.moves)).scalar_one())


def stopped_by(session: Session, lead_id: str, cause: str) -> list[str]:
    """A lead's enrollments that such a cause ends, whatever state they are in; '' ends every one."""
    mine = select(E.id).where(E.lead_id == lead_id)
    return list(session.execute(mine.where(E.stops_on.contains(f",{cause},")) if cause else mine).scalars())


def stop(
    session: Session, enrollment_ids: Collection[str], reason: str, now: datetime, by: str | None = None
) -> int:
    """Stop what is active of these; how many. What stands already learns that it was stopped again."""
    if not enrollment_ids:
        return 0
    again = (
        E.id.in_(enrollment_ids), E.state == STOPPED, E.stopped_at < now, E.stopped_again_at.is_(None),
    )  # fmt: skip
    session.execute(update(enrollments).where(*again).values(stopped_again_at=now))
    return _end(session, E.id.in_(enrollment_ids), STOPPED, reason, now, by)


Leads = Select[tuple[str]] | None  # of a group's location, owner or lead; None where it names none


def begin_ending(session: Session, group: Group, leads: Leads, reason: str, now: datetime, by: str) -> int:
    """Everybody of a group who is under way goes on no more: one statement, however many they are; how many. Their
    planned steps are cancelled after that (`ending`)."""
    return _end(session, _of(group, leads), ENDING, reason, now, by)


def under_way(group: Group, leads: Leads, *, aside: bool = False) -> Select[Any]:
    """Who of a group is under way, for the statements of other features: id, lead_id, started_at. `aside`: only those
    who wait while a person has taken over."""
    mine = select(E.id, E.lead_id, E.started_at).where(_of(group, leads), is_word(E.state, ACTIVE))
    return mine.where(E.steps_aside) if aside else mine


def active_leads(session: Session, group: Group, leads: Leads, limit: int) -> list[str]:
    """Leads of whom somebody is under way and waits while a person takes over, at most `limit` of them."""
    mine = under_way(group, leads, aside=True).with_only_columns(E.lead_id)
    return list(session.execute(mine.distinct().limit(limit)).scalars())


def _of(group: Group, leads: Leads) -> ColumnElement[bool]:
    where = E.sequence == group.sequence
    if group.version is not None:
        where &= E.version == group.version
    return where if leads is None else where & E.lead_id.in_(leads)


@dataclass(frozen=True)
class Ending:
    """Somebody whose sequence was ended with others', and whose steps are still to be cancelled."""

    id: str
    lead_id: str
    reason: str
    stopped_at: datetime
    stopped_by: str | None


def ending(session: Session, limit: int) -> list[Ending]:
    """The oldest first."""
    columns = [E[name] for name in Ending.__dataclass_fields__ if name != "reason"]
    found = select(columns[0], columns[1], E.stop_reason, *columns[2:]).where(is_word(E.state, ENDING))
    return [Ending(*row) for row in session.execute(found.order_by(E.stopped_at).limit(limit))]


def ended(session: Session, enrollment_ids: Collection[str]) -> None:
    """Their steps are cancelled: they are stopped like all others."""
    session.execute(update(enrollments).where(E.id.in_(enrollment_ids)).values(state=STOPPED))


def finish(session: Session, enrollment_id: str, reason: str, now: datetime) -> bool:
    """It is over as planned: a gate was reached; whether it was under way."""
    return bool(_end(session, E.id == enrollment_id, FINISHED, reason, now, None))


def finish_done(session: Session, now: datetime) -> int:
    """End active enrollments whose last step is of no use any more; how many."""
    return _end(session, E.ends_at < now, FINISHED, "", now, None)


def _end(
    session: Session, where: ColumnElement[bool], state: str, reason: str, now: datetime, by: str | None
) -> int:
    statement = update(enrollments).where(where, is_word(E.state, ACTIVE))
    values = {"state": state, "stopped_at": now, "stop_reason": reason or None, "stopped_by": by}
    return cast(CursorResult[Any], session.execute(statement.values(**values))).rowcount


def active_ids(session: Session, lead_id: str) -> list[str]:
    """Enrollments of a lead that are under way."""
    return list(session.execute(select(E.id).where(E.lead_id == lead_id, E.state == ACTIVE)).scalars())


def leads_under_way(session: Session, patient_id: str) -> list[str]:
    """A patient's leads, of whatever state, with something under way."""
    mine = select(E.lead_id).where(E.patient_id == patient_id, E.state == ACTIVE)
    return list(session.execute(mine.distinct()).scalars())


def steps_aside(session: Session, lead_id: str) -> bool:
    """Whether something is under way that waits while a person has taken over."""
    mine = select(E.id).where(E.lead_id == lead_id, E.state == ACTIVE, E.steps_aside)
    return session.execute(mine.limit(1)).first() is not None


@dataclass(frozen=True)
class Standing:
    """What the hand-over of a step must know of its enrollment. `stopped`: why it goes on no more, '' where it does."""

    stopped: str
    steps_aside: bool
    visit_id: str | None = None


_STANDINGS = Query(select(E.id, E.state, E.stop_reason, E.steps_aside, E.visit_id).where(among(E.id, "ids")))


def standings(session: Session, enrollment_ids: list[str]) -> dict[str, Standing]:
    """By enrollment."""
    if not enrollment_ids:
        return {}
    return {
        id_: Standing((reason or "replaced") if state in (STOPPED, ENDING) else "", aside, visit_id)
        for id_, state, reason, aside, visit_id in _STANDINGS.rows(session, ids=enrollment_ids)
    }


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's enrollments to another, or `only` some of them; the ids of those given."""
    return hand_on(session, enrollments, was, becomes, only)


def go_on(session: Session, lead_id: str, stopped_at: datetime) -> list[str]:
    """Enrollments that only the cause of that very moment stopped are active again; their ids."""
    only_then = (E.state == STOPPED, E.stopped_at == stopped_at, E.stopped_again_at.is_(None))
    resumed = session.execute(
        update(enrollments)
        .where(E.lead_id == lead_id, *only_then)
        .values(state=ACTIVE, stopped_at=None, stop_reason=None, stopped_by=None)
        .returning(E.id)
    )
    return list(resumed.scalars())
