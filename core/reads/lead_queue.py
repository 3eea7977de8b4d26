"""The lead queue: every lead that is open, waits for an answer or is urgent, with the clock that is due first.

Names, numbers and the last event's words are decrypted for the rows that are shown and for no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from core.conversation.tables import alarms
from core.db.prepared import Query
from core.db.types import among, is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import lead_events, leads
from core.messaging.tables import sms_messages
from core.patients.tables import patients
from core.reads import lead_search
from core.reads.parts import next_steps
from core.reads.parts.next_steps import NextTask
from core.reads.parts.sql import one_of
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks
from core.staff.tables import staff

L, P, C, M, A = leads.c, patients.c, sla_clocks.c, sms_messages.c, alarms.c
LIVE = ("running", "paused")
MOST_CLOCKS = 500
MOST_WAITING = 100
MOST_FOUND = 40
Found = dict[str, Any]


@dataclass(frozen=True)
class LastText:
    """The newest text of a lead's conversation, without its words."""

    origin: str
    purpose: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Alarm:
    """A patient wrote of danger and no person has reached them yet. `acknowledged_by`: a name; None: nobody has."""

    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True)
class QueueRow:
    """One lead. `due_at`, `clock`, `clock_state` are of what is due first: a live clock, or the `task` whose kind
    `clock` then names; None where nothing is. The clock of the first conversation counts where nothing else is planned.

    `tries`: calls in a row that reached nobody. `wrong_number_at`: somebody else answers there; do not call. `alarm`
    makes it urgent, whatever its priority and state.
    """

    id: str
    number: int
    state: str
    first_name: str
    last_name: str
    phone: str | None
    extension: str | None
    vip: bool
    value_cents: int
    form_type: str
    treatment: str
    timeframe: str
    temperature: str
    priority: int
    location: str
    source: str
    campaign: str
    call_only: bool
    owner_id: str | None
    owner: str | None
    created_at: datetime
    viewed_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None
    snoozed_by: str | None
    unread: int
    last_event_at: datetime
    last_event_kind: str
    last_event_by: str
    last_event_note: str | None
    last_text: LastText | None
    due_at: datetime | None
    target_seconds: int
    clock: str | None
    clock_state: str | None
    alarm: Alarm | None = None
    attempted_at: datetime | None = None
    wrong_number_at: datetime | None = None
    task: NextTask | None = None
    tries: int = 0


_LEAD: list[Any] = [
    L.id, L.number, L.state, P.first_name, P.last_name, L.phone, L.extension, P.vip, L.value_cents, L.form_type,
    L.treatment, L.timeframe, L.temperature, L.priority, L.location, L.source, L.campaign, L.call_only, L.owner_id,
    staff.c.name.label("owner"), L.created_at, L.viewed_at, L.contacted_at, L.snoozed_until, L.unread, L.last_event_at,
    L.last_event_kind, L.last_event_by, L.last_event_note, L.attempted_at, L.wrong_number_at,
]  # fmt: skip
_CLOCK: list[Any] = [C.due_at, C.target_seconds, C.target.label("clock"), C.state.label("clock_state")]


@dataclass(frozen=True)
class Queue:
    """`rows`: urgent ones first, then what is due first, then leads that wait for their patient.

    A booked patient who wrote is among them while the answer is due. `open`: how many are open.
    """

    rows: tuple[QueueRow, ...]
    open: int


def read(session: Session, actor: Actor) -> Queue:
    """All urgent leads, MOST_CLOCKS with a live clock, and MOST_WAITING without, unread ones first. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    tasks = next_steps.of_open_leads(session)
    urgent = _found(_URGENT.rows(session))
    in_alarm = alarms_of(session, list({row["id"] for row in urgent}))
    found = [*urgent, *_found(_TIMED.rows(session))]
    planned = list(set(tasks) - {row["id"] for row in found})
    found += _found(_BY_ID.rows(session, lead_ids=planned)) if planned else []
    found += _found(_UNTIMED.rows(session))
    ((total,),) = _OPEN.rows(session)
    return Queue(tuple(_in_order(_rows(session, found, tasks, in_alarm))), int(total))


# Before anybody has tried, the clock of the first contact says what to do.
_COUNTS = and_(one_of(C.state, LIVE), or_(C.target != FIRST_CONVERSATION, L.attempted_at.is_not(None)))
_CONVERSATION = case((C.target == FIRST_CONVERSATION, 1), else_=0)


def _timed() -> Select[Any]:
    """What runs, for open leads and for booked ones whose patient wrote."""
    clocks = (
        _leads(*_CLOCK)
        .join(sla_clocks, C.lead_id == L.id)
        .where(one_of(L.state, ("open", "booked")), _COUNTS)
    )
    return clocks.order_by(_CONVERSATION, C.due_at).limit(literal(MOST_CLOCKS))


def _untimed() -> Select[Any]:
    """Unread ones first: the count at the page's edge leads to them, so that none may be cut off."""
    has_clock = exists().where(C.lead_id == L.id, _COUNTS)
    waiting = _leads().where(is_word(L.state, "open"), ~has_clock, ~next_steps.has_task())
    return waiting.order_by((L.unread > 0).desc(), L.last_event_at.desc()).limit(literal(MOST_WAITING))


def _in_order(rows: list[QueueRow]) -> Iterator[QueueRow]:
    """In alarm, the oldest first; then by what is due; then the rest as they came."""
    calm = [row for row in rows if not row.alarm]
    yield from (row for row in rows if row.alarm)
    due = [(row.due_at, place) for place, row in enumerate(calm) if row.due_at]
    yield from (calm[place] for _, place in sorted(due))
    yield from (row for row in calm if row.due_at is None)


def _urgent() -> Select[Any]:
    """Leads in alarm, each with its live clocks."""
    live = and_(C.lead_id == L.id, one_of(C.state, LIVE))
    return (
        _leads(*_CLOCK)
        .join(alarms, and_(A.lead_id == L.id, A.ended_at.is_(None)))
        .outerjoin(sla_clocks, live)
    )


def _leads(*more: Any) -> Select[Any]:
    return (
        select(*_LEAD, P.last_response_at, *more)
        .select_from(leads)
        .join(patients, P.id == L.patient_id)
        .outerjoin(staff, staff.c.id == L.owner_id)
    )


# Planned once: putting them together costs more than running them (0006-statements-planned-once.md).
_URGENT, _TIMED, _UNTIMED = Query(_urgent().order_by(A.raised_at)), Query(_timed()), Query(_untimed())
_BY_ID = Query(_leads().where(among(L.id, "lead_ids")))
_OPEN = Query(select(func.count()).select_from(leads).where(is_word(L.state, "open")))
_LEAD_NAMES = tuple(column.key for column in _LEAD)
_NAMES = (*_LEAD_NAMES, "last_response_at", *(column.key for column in _CLOCK))


def _found(rows: Iterable[Sequence[Any]]) -> list[Found]:
    """Rows by the names of their columns; those of a clock are left out where the row has none."""
    return [dict(zip(_NAMES, row, strict=False)) for row in rows]


def _rows(
    session: Session, found: Iterable[Found], tasks: Mapping[str, NextTask], in_alarm: Mapping[str, Alarm]
) -> list[QueueRow]:
    """One row a lead, in the order in which they came; `found` has a row for each of its clocks."""
    clocks: defaultdict[str, list[Found]] = defaultdict(list)
    for row in found:
        clocks[row["id"]].append(row)
    texts = _last_texts(session, list(clocks))
    snoozers = _snoozers(session, [id_ for id_, (row, *_) in clocks.items() if row["snoozed_until"]])
    tries = next_steps.tries(session, {id_: row["last_response_at"] for id_, (row, *_) in clocks.items()})
    return [
        QueueRow(
            **{name: its[0][name] for name in _LEAD_NAMES},
            **_due_first(its, tasks.get(id_)),
            last_text=texts.get(id_),
            snoozed_by=snoozers.get(id_),
            task=tasks.get(id_),
            tries=tries.get(id_, 0),
            alarm=in_alarm.get(id_),
        )
        for id_, its in clocks.items()
    ]


def _due_first(its: Iterable[Found], task: NextTask | None) -> dict[str, Any]:
    """What the row's clock shows. What somebody planned stands before the clock of the first conversation."""
    clocks = [row for row in its if row.get("due_at")]
    urgent = [row for row in clocks if row["clock"] != FIRST_CONVERSATION]
    first = min(urgent or ([] if task else clocks), key=lambda row: row["due_at"], default=None)
    if task and (first is None or task.due_at < first["due_at"]):
        seconds = int((task.due_at - task.created_at).total_seconds())
        return {
            "due_at": task.due_at,
            "target_seconds": seconds,
            "clock": task.kind,
            "clock_state": "running",
        }
    names = ("due_at", "target_seconds", "clock", "clock_state")
    if first is None:
        return dict.fromkeys(names) | {"target_seconds": 0}
    return {name: first[name] for name in names}


def alarms_of(session: Session, lead_ids: list[str]) -> dict[str, Alarm]:
    """The newest alarm of each of these leads whose patient nobody has reached yet."""
    if not lead_ids:
        return {}
    return {lead_id: Alarm(*about) for lead_id, *about in _ALARMS.rows(session, lead_ids=lead_ids)}


_ALARMS = Query(
    select(A.lead_id, A.raised_at, A.acknowledged_at, staff.c.name)
    .outerjoin(staff, staff.c.id == A.acknowledged_by)
    .where(A.ended_at.is_(None), among(A.lead_id, "lead_ids"))
    .order_by(A.raised_at)
)


def _newest_texts() -> Query:
    turn = func.row_number().over(partition_by=M.lead_id, order_by=M.created_at.desc()).label("turn")
    at = func.coalesce(M.delivered_at, M.created_at, type_=M.created_at.type).label("at")
    theirs = select(M.lead_id, M.origin, M.purpose, M.status, at, turn)
    newest = theirs.where(among(M.lead_id, "lead_ids"), M.origin != "staff_alert").subquery()
    shown = (newest.c[name] for name in ("lead_id", "origin", "purpose", "status", "at"))
    return Query(select(*shown).where(newest.c.turn == 1))


_NEWEST_TEXTS = _newest_texts()


def _last_texts(session: Session, lead_ids: list[str]) -> dict[str, LastText]:
    return {lead_id: LastText(*text) for lead_id, *text in _NEWEST_TEXTS.rows(session, lead_ids=lead_ids)}


def _snoozers(session: Session, lead_ids: list[str]) -> dict[str, str]:
    """Who snoozed each lead last, by name."""
    if not lead_ids:
        return {}
    return dict(_SNOOZED.rows(session, lead_ids=lead_ids))


_SNOOZED = Query(
    select(lead_events.c.lead_id, staff.c.name)
    .join(staff, staff.c.id == lead_events.c.staff_id)
    .where(among(lead_events.c.lead_id, "lead_ids"), lead_events.c.kind == "snoozed")
    .order_by(lead_events.c.at)
)


def search(session: Session, actor: Actor, text: str) -> list[QueueRow]:
    """Leads of any state by name, email, phone (from the last four digits on) or reference. Raises Denied.

    A name is found by whole words, or by its first three letters and what follows them. Open leads first, the newest.
    """
    require(actor, Permission.SEE_LEADS)
    matching = lead_search.matching(session, text, _OPEN_FIRST, MOST_FOUND)
    if not matching:
        return []
    found = _found(_MATCHING.rows(session, lead_ids=list(matching)))
    return _rows(session, found, next_steps.of(session, matching), alarms_of(session, matching))


_OPEN_FIRST = ((L.state == "open").desc(), L.created_at.desc())
_MATCHING = Query(
    _leads(*_CLOCK)
    .outerjoin(sla_clocks, and_(C.lead_id == L.id, _COUNTS))
    .where(among(L.id, "lead_ids"))
    .order_by(*_OPEN_FIRST, C.due_at)
)


@dataclass(frozen=True)
class Colleague:
    """Somebody a lead can be handed to. `status`: available, busy, break, off_duty."""

    id: str
    name: str
    status: str


def colleagues(session: Session, actor: Actor) -> list[Colleague]:
    """Everybody who accepts leads, by name. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    s = staff.c
    rows = session.execute(select(s.id, s.name, s.status).where(s.active, s.accepts_leads).order_by(s.name))
    return [Colleague(*row) for row in rows]
