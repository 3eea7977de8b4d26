"""The SLA monitor's clocks: what a person owes a patient by time left, then what becomes of requests, paused ones last.

The machine's own clocks are figures and no work: they are not among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Select, case, literal, or_, select
from sqlalchemy.orm import Session

from core.alerting.rules import Escalation
from core.db.prepared import Query
from core.db.types import among, is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.reads.parts import taken_up
from core.reads.parts.sql import one_of
from core.reads.parts.taken_up import Alerted
from core.sla.rules import (
    CHECK_IN,
    DANGER,
    FIRST_CONVERSATION,
    OUTCOMES,
    PHOTO_REVIEW,
    PROVIDER_RESPONSE,
    RESPONSES,
)
from core.sla.tables import sla_clocks
from core.staff.tables import staff

C, L, A = sla_clocks.c, leads.c, timed_actions.c
LIVE = ("running", "paused")
MOST_CLOCKS = 400
LATER = (*OUTCOMES, PHOTO_REVIEW, PROVIDER_RESPONSE, CHECK_IN)
ESCALATION = "escalation"
NO_LEVELS = Escalation()
_RUNS = one_of(C.state, LIVE)
# Until somebody has tried, the clock of the first attempt says it all: no lead stands on the board twice for one call.
_TO_WATCH = or_(C.target != FIRST_CONVERSATION, L.attempted_at.is_not(None))
_OF_PEOPLE = one_of(C.target, (*RESPONSES, *LATER))


@dataclass(frozen=True)
class ClockRow:
    """One live clock. `name` is '' where the reader asked for no names; `seen` says whether staff opened the lead.

    `warn_seconds`: how much of it is gone when it is approaching; None for half. `team`: its owner's role. `next_at`:
    when the lead is escalated to `next_level` if nobody acts: a level that an acknowledgement holds back is not next.
    `alerted`: somebody was told of the lead, and nobody has tried.
    """

    id: str
    lead_id: str
    number: int
    name: str
    target: str
    target_seconds: int
    warn_seconds: int | None
    started_at: datetime
    due_at: datetime
    state: str
    paused_at: datetime | None
    paused_for: str | None
    back_at: datetime | None
    location: str
    form: str
    call_only: bool
    vip: bool
    owner: str
    team: str
    seen: bool
    next_at: datetime | None = None
    next_level: str = ""
    owner_id: str = ""
    alerted: Alerted | None = None


def live(*columns: Any) -> Select[Any]:
    """`columns` of all clocks that the board shows, joined to their leads."""
    joined = select(*columns).select_from(sla_clocks).join(leads, L.id == C.lead_id)
    return joined.where(_RUNS, _OF_PEOPLE, _TO_WATCH)


def _board(first: Any, last: Any) -> Select[Any]:
    return (
        live(
            C.id, C.lead_id, L.number, first, last, C.target, C.target_seconds, C.warn_seconds, C.started_at, C.due_at,
            C.state, C.paused_at, C.paused_for, L.snoozed_until, L.location, L.form_type, L.call_only, patients.c.vip,
            staff.c.name, staff.c.role, L.viewed_at, L.owner_id,
        )
        .join(patients, patients.c.id == L.patient_id)
        .outerjoin(staff, staff.c.id == L.owner_id)
    )  # fmt: skip


_PLACE = case((C.target == DANGER, 0), (C.state == "paused", 3), (one_of(C.target, LATER), 2), else_=1)
BY_NAME = _board(patients.c.first_name, patients.c.last_name).order_by(
    _PLACE, C.due_at, C.id
)  # for `clock_row`
_THESE = among(C.id, "ids")
_NAMED = Query(_board(patients.c.first_name, patients.c.last_name).where(_THESE))
_UNNAMED = Query(_board(literal(""), literal("")).where(_THESE))


def _due_first(*where: Any) -> Query:
    """The ids of one kind of clocks, what is due first. Each walks along its index and ends at the limit."""
    return Query(live(C.id, C.due_at).where(*where).order_by(C.due_at, C.id).limit(MOST_CLOCKS))


_STANDS_STILL = is_word(C.state, "paused")
_GOES = is_word(C.state, "running")


def _of(targets: Sequence[str]) -> tuple[Query, ...]:
    return tuple(_due_first(_GOES, is_word(C.target, target)) for target in targets)


_IN_ORDER = (
    (_due_first(is_word(C.target, DANGER)),),
    _of([target for target in RESPONSES if target != DANGER]),
    _of(LATER),
    (_due_first(_STANDS_STILL, C.target != DANGER),),
)


def clocks(
    session: Session, actor: Actor, *, names: bool = True, levels: Escalation = NO_LEVELS
) -> list[ClockRow]:
    """Live clocks: danger, then what is due first, then outcomes, paused ones last; at most MOST_CLOCKS. `levels`:
    those in use, which tell what an acknowledgement holds back. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    ids = _first_ids(session)
    place = {id_: at for at, id_ in enumerate(ids)}
    found = (_NAMED if names else _UNNAMED).rows(session, ids=ids)
    rows = sorted((clock_row(*row) for row in found), key=lambda row: place[row.id])
    return with_levels(session, rows, levels)


def _first_ids(session: Session) -> list[str]:
    """Found before anything is joined to them: names are opened for those alone that are shown."""
    ids: dict[str, None] = {}
    for queries in _IN_ORDER:
        if len(ids) < MOST_CLOCKS:
            due = sorted((due, id_) for id_, due in chain(*(query.rows(session) for query in queries)))
            ids |= dict.fromkeys(id_ for _, id_ in due)
    return list(ids)[:MOST_CLOCKS]


def clock_row(
    id_: str, lead_id: str, number: int, first: str, last: str, target: str, target_seconds: int,
    warn_seconds: int | None, started_at: datetime, due_at: datetime, state: str, paused_at: datetime | None,
    paused_for: str | None, snoozed_until: datetime | None, location: str, form: str, call_only: bool, vip: bool,
    owner: str | None, team: str | None, viewed_at: datetime | None, owner_id: str | None,
) -> ClockRow:  # fmt: skip
    return ClockRow(
        id=id_,
        lead_id=lead_id,
        number=number,
        name=f"{first} {last}".strip(),
        target=target,
        target_seconds=target_seconds,
        warn_seconds=warn_seconds,
        started_at=started_at,
        due_at=due_at,
        state=state,
        paused_at=paused_at,
        paused_for=paused_for if state == "paused" else None,
        back_at=snoozed_until if state == "paused" else None,
        location=location,
        form=form,
        call_only=call_only,
        vip=vip,
        owner=owner or "",
        team=team or "",
        seen=viewed_at is not None,
        owner_id=owner_id or "",
    )


_LEVELS = Query(
    select(A.lead_id, A.due_at, A.variables).where(
        among(A.lead_id, "lead_ids"), is_word(A.state, "planned"), is_word(A.kind, ESCALATION)
    )
)
_PEOPLE = Query(
    select(staff.c.title, staff.c.role, staff.c.name).where(staff.c.active).order_by(staff.c.id.desc())
)


def first_of(session: Session, actor: Actor) -> dict[str, str]:
    """The name of the first colleague of each title and role: whom a level would be told to. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    rows = list(_PEOPLE.rows(session))
    return {role: name for _, role, name in rows} | {title: name for title, _, name in rows if title}


def with_levels(
    session: Session, rows: Sequence[ClockRow], escalation: Escalation = NO_LEVELS
) -> list[ClockRow]:
    """The rows with the next level of their leads, and who has taken up the alert, beside what a person owes."""
    wanted = sorted({row.lead_id for row in rows if row.target in RESPONSES})
    if not wanted:
        return list(rows)
    alerted = taken_up.of(session, wanted)
    levels: dict[str, tuple[datetime, str]] = {}
    for lead_id, due_at, variables in _LEVELS.rows(session, lead_ids=wanted):
        found = (due_at, str((variables or {}).get("level", "")))
        if not (_is_taken_up(alerted.get(lead_id)) and _held_back(escalation, found[1])):
            levels[lead_id] = min(found, levels.get(lead_id, found))
    return [_leveled(row, levels, alerted) for row in rows]


def _is_taken_up(word: Alerted | None) -> bool:
    return word is not None and word.at is not None


def _held_back(escalation: Escalation, number: str) -> bool:
    """Whether an acknowledgement is enough for a level to do nothing."""
    level = escalation.level(int(number)) if number.isdecimal() else None
    return level is not None and level.unless_acknowledged


def _leveled(
    row: ClockRow, levels: Mapping[str, tuple[datetime, str]], alerted: Mapping[str, Alerted]
) -> ClockRow:
    if row.target not in RESPONSES:
        return row
    known = replace(row, alerted=alerted.get(row.lead_id))
    if row.lead_id not in levels:
        return known
    due_at, level = levels[row.lead_id]
    return replace(known, next_at=due_at, next_level=level)
