"""SQL of assignments, of whose turn it is, and of the leads that wait for somebody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.assignment.rules.turns import Turn
from core.assignment.tables import assignment_queue, assignment_rules, assignment_turns, assignments
from core.db.prepared import Command, InsertOne, Query
from core.db.upsert import insert_into
from core.domain.ids import new_id

TURNS_LOOK_BACK = timedelta(days=2)
TURNS_LOOKED_AT = 300
# Names this lock among the advisory locks of the database.
TURN_TAKING = 5_110_028

_ASSIGNMENT = InsertOne(assignments)
_TAKE_TURNS = Command(text(f"SELECT pg_advisory_xact_lock({TURN_TAKING})"))


def take_turns(session: Session) -> None:
    """From here to the end of its transaction nobody else chooses an owner: two would see the same person as next.

    SQLite has one writer anyway. Taken as late as it can: who holds it waits for no row that a claim has in hand
    (`take_planned`), since a level that was claimed waits for it.
    """
    if session.get_bind().dialect.name == "postgresql":
        _TAKE_TURNS.run(session)


_LATEST = (
    select(assignments.c.staff_id, assignments.c.at)
    .where(assignments.c.at > bindparam("since"))
    .order_by(assignments.c.at.desc())
    .limit(literal(TURNS_LOOKED_AT))
    .subquery()
)
_LAST = Query(
    select(_LATEST.c.staff_id, func.max(_LATEST.c.at).label("at"))
    .where(_LATEST.c.staff_id.is_not(None))
    .group_by(_LATEST.c.staff_id)
)


def last_assigned(session: Session, now: datetime) -> dict[str, str]:
    """When each member of staff was last given a lead, as ISO text, among the latest assignments of two days.

    Longer ago counts as never: taking turns is about today, and the whole history would be read on every form.
    """
    return {staff_id: at.isoformat() for staff_id, at in _LAST.rows(session, since=now - TURNS_LOOK_BACK)}


@dataclass(frozen=True)
class Standing:
    """Where one person stands in the rotation."""

    turn: Turn
    missed: int
    off_since: datetime | None


_T = assignment_turns.c
_STANDINGS = Query(select(_T.staff_id, _T.count, _T.began, _T.missed, _T.off_since))


def standings(session: Session) -> dict[str, Standing]:
    """By id of staff; who was never given a lead by the rules is not among them."""
    return {row[0]: Standing(Turn(row[1], row[2]), row[3], row[4]) for row in _STANDINGS.rows(session)}


def _upsert(build: Any) -> Command:
    values = build(assignment_turns).values(
        staff_id=bindparam("staff_id"), count=bindparam("count"), began=bindparam("began"), missed=0
    )
    seen = values.excluded
    return Command(
        values.on_conflict_do_update(
            index_elements=["staff_id"], set_={"count": seen.count, "began": seen.began}
        )
    )


_CHARGE = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


def charge(session: Session, staff_id: str, turn: Turn) -> None:
    """A lead came to them by turn."""
    command = _CHARGE[session.get_bind().dialect.name]
    command.run(session, staff_id=staff_id, count=turn.count, began=turn.began)


def missed(session: Session, staff_id: str, most: int, now: datetime) -> bool:
    """One more lead in a row that was not looked after; whether that takes them off the rotation now."""
    row = {"staff_id": staff_id, "count": 0, "began": 0, "missed": 0}
    session.execute(insert_into(session, assignment_turns).values(**row).on_conflict_do_nothing())
    counted = update(assignment_turns).where(_T.staff_id == staff_id).values(missed=_T.missed + 1)
    session.execute(counted)
    off = (
        update(assignment_turns)
        .where(_T.staff_id == staff_id, _T.missed >= most, _T.off_since.is_(None))
        .values(off_since=now)
        .returning(_T.staff_id)
    )
    return session.execute(off).scalar_one_or_none() is not None


def looked_after(session: Session, staff_id: str) -> bool:
    """They are at it: nothing missed in a row, and back on the rotation; whether they had been off."""
    was = session.execute(
        select(_T.off_since).where(_T.staff_id == staff_id, (_T.missed > 0) | _T.off_since.is_not(None))
    ).one_or_none()
    if was is None:
        return False
    session.execute(update(assignment_turns).where(_T.staff_id == staff_id).values(missed=0, off_since=None))
    return was[0] is not None


def off_rotation(session: Session) -> dict[str, datetime]:
    """Who is off the rotation, and since when."""
    rows = session.execute(select(_T.staff_id, _T.off_since).where(_T.off_since.is_not(None)))
    return {row.staff_id: row.off_since for row in rows}


def record(
    session: Session,
    *,
    lead_id: str,
    staff_id: str | None,
    rule: str,
    trace: Sequence[dict[str, Any]],
    now: datetime,
    by_staff_id: str | None = None,
) -> None:
    """Keep who was given the lead, by which rule, and why."""
    _ASSIGNMENT.run(
        session,
        id=new_id(now),
        lead_id=lead_id,
        staff_id=staff_id,
        at=now,
        rule=rule,
        trace=list(trace),
        by_staff_id=by_staff_id,
    )


def last_automatic(session: Session, lead_ids: Collection[str]) -> dict[str, str]:
    """Who was given each of these leads by the rules, where that was the last word about its owner."""
    a = assignments.c
    rows = session.execute(
        select(a.lead_id, a.staff_id, a.by_staff_id).where(a.lead_id.in_(lead_ids)).order_by(a.at, a.id)
    )
    last = {row.lead_id: row for row in rows}
    return {id_: row.staff_id for id_, row in last.items() if row.staff_id and row.by_staff_id is None}


_Q = assignment_queue.c
_WAITS = Query(select(_Q.lead_id).limit(literal(1)))


def any_waits(session: Session) -> bool:
    """Whether a lead waits for somebody: asked every second."""
    return bool(_WAITS.rows(session))


def _row_that_waits(build: Any) -> Query:
    values = build(assignment_queue).values(
        lead_id=bindparam("lead_id"), since=bindparam("since"), why=bindparam("why")
    )
    return Query(values.on_conflict_do_nothing().returning(_Q.lead_id))


_LET_WAIT = {"postgresql": _row_that_waits(postgresql.insert), "sqlite": _row_that_waits(sqlite.insert)}


def let_wait(session: Session, lead_id: str, why: str, now: datetime) -> bool:
    """The lead waits for somebody from now on; False where it does already, and keeps its place."""
    statement = _LET_WAIT[session.get_bind().dialect.name]
    return bool(statement.rows(session, lead_id=lead_id, since=now, why=why))


_WHY = Query(select(_Q.why).where(_Q.lead_id == bindparam("lead")))


def why_waits(session: Session, lead_id: str) -> str:
    """Why nobody could be given the lead; '' where it does not wait."""
    rows = _WHY.rows(session, lead=lead_id)
    return str(rows[0][0]) if rows else ""


def waiting(session: Session) -> dict[str, datetime]:
    """Every lead that waits, oldest first."""
    rows = session.execute(select(_Q.lead_id, _Q.since).order_by(_Q.since, _Q.lead_id))
    return {row.lead_id: row.since for row in rows}


def waits_no_more(session: Session, lead_ids: Collection[str]) -> None:
    """They have an owner, or are over."""
    session.execute(delete(assignment_queue).where(_Q.lead_id.in_(lead_ids)))


def mirror(session: Session, body: Mapping[str, Any], now: datetime) -> None:
    """Lay out what is in use as the rows of `assignment_rules`."""
    session.execute(delete(assignment_rules))
    rows = [
        {
            "id": new_id(now),
            "name": str(rule["name"]),
            "priority": place,
            "conditions": {"match": rule.get("match", "all"), "conditions": rule.get("conditions", [])},
            "assign_to": rule.get("give", []),
            "is_active": rule.get("on", True) in (True, "true"),
            "created_at": now,
        }
        for place, rule in enumerate(body["rules"], 1)
    ]
    if rows:
        session.execute(insert(assignment_rules), rows)


def is_mirrored(session: Session, body: Mapping[str, Any]) -> bool:
    """Whether the rows of `assignment_rules` are those of this body, by their names in order."""
    c = assignment_rules.c
    names = list(session.execute(select(c.name).order_by(c.priority)).scalars())
    return names == [rule["name"] for rule in body["rules"]]
