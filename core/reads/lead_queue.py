"""The lead queue: every open lead with the clock that is due first, its last event, and search over all leads.

Names, numbers and the last event's words are decrypted for the rows that are shown and for no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from core.db.types import blind
from core.domain.errors import InvalidInput
from core.domain.ids import number_of
from core.domain.names import fold, words
from core.domain.phone import parse_phone
from core.domain.roles import Actor, Permission, require
from core.leads.tables import lead_events, leads
from core.messaging.tables import sms_messages
from core.patients.tables import name_words, patients
from core.reads import next_steps
from core.reads.next_steps import NextTask
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks
from core.staff.tables import staff

L, P, C, M = leads.c, patients.c, sla_clocks.c, sms_messages.c
LIVE = ("running", "paused")
MOST_CLOCKS = 500
MOST_WAITING = 100
MOST_FOUND = 40
MOST_CANDIDATES = 400
PREFIX = 3


@dataclass(frozen=True)
class LastText:
    """The newest text of a lead's conversation, without its words."""

    origin: str
    purpose: str
    status: str
    at: datetime


@dataclass(frozen=True)
class QueueRow:
    """One lead. `due_at`, `clock`, `clock_state` are of what is due first: a live clock, or the `task` whose kind
    `clock` then names; None where nothing is. The clock of the first conversation counts where nothing else is planned.

    `tries`: calls in a row that reached nobody. `wrong_number_at`: somebody else answers there; do not call.
    """

    id: str
    number: int
    state: str
    first_name: str
    last_name: str
    phone: str | None
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
    attempted_at: datetime | None = None
    wrong_number_at: datetime | None = None
    task: NextTask | None = None
    tries: int = 0


_LEAD: list[Any] = [
    L.id, L.number, L.state, P.first_name, P.last_name, L.phone, P.vip, L.value_cents, L.form_type, L.treatment,
    L.timeframe, L.temperature, L.priority, L.location, L.source, L.campaign, L.call_only, L.owner_id,
    staff.c.name.label("owner"), L.created_at, L.viewed_at, L.contacted_at, L.snoozed_until, L.unread, L.last_event_at,
    L.last_event_kind, L.last_event_by, L.last_event_note, L.attempted_at, L.wrong_number_at,
]  # fmt: skip
_CLOCK: list[Any] = [C.due_at, C.target_seconds, C.target.label("clock"), C.state.label("clock_state")]


@dataclass(frozen=True)
class Queue:
    """`rows`: what is due first at the top, then leads that wait for their patient. `open`: how many are open."""

    rows: tuple[QueueRow, ...]
    open: int


def read(session: Session, actor: Actor) -> Queue:
    """Open leads: at most MOST_CLOCKS with a live clock and the MOST_WAITING latest without. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    timed = _leads(*_CLOCK).join(sla_clocks, C.lead_id == L.id).where(L.state == "open", _COUNTS)
    tasks = next_steps.of_open_leads(session)
    found = list(session.execute(timed.order_by(_CONVERSATION, C.due_at).limit(MOST_CLOCKS)))
    with_clock = {row.id for row in found}
    if set(tasks) - with_clock:
        found += session.execute(_leads().where(L.id.in_(set(tasks) - with_clock))).all()
    has_clock = exists().where(C.lead_id == L.id, _COUNTS)
    untimed = _leads().where(L.state == "open", ~has_clock, ~next_steps.has_task())
    waiting = session.execute(untimed.order_by(L.last_event_at.desc()).limit(MOST_WAITING)).all()
    total = session.execute(select(func.count()).select_from(leads).where(L.state == "open")).scalar_one()
    rows = _rows(session, [*found, *waiting], tasks)
    return Queue((*_by_due(rows), *(row for row in rows if row.due_at is None)), int(total))


# Before anybody has tried, the clock of the first contact says what to do.
_COUNTS = and_(C.state.in_(LIVE), or_(C.target != FIRST_CONVERSATION, L.attempted_at.is_not(None)))
_CONVERSATION = case((C.target == FIRST_CONVERSATION, 1), else_=0)


def _by_due(rows: list[QueueRow]) -> list[QueueRow]:
    due = [(row.due_at, place) for place, row in enumerate(rows) if row.due_at]
    return [rows[place] for _, place in sorted(due)]


def _leads(*more: Any) -> Select[Any]:
    return (
        select(*_LEAD, P.last_response_at, *more)
        .select_from(leads)
        .join(patients, P.id == L.patient_id)
        .outerjoin(staff, staff.c.id == L.owner_id)
    )


def _rows(session: Session, found: Iterable[Row[Any]], tasks: Mapping[str, NextTask]) -> list[QueueRow]:
    """One row a lead, in the order in which they came; `found` has a row for each of its clocks."""
    clocks: defaultdict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in found:
        clocks[row.id].append(row._mapping)
    texts = _last_texts(session, list(clocks))
    snoozers = _snoozers(session, [id_ for id_, (row, *_) in clocks.items() if row["snoozed_until"]])
    tries = next_steps.tries(session, {id_: row["last_response_at"] for id_, (row, *_) in clocks.items()})
    return [
        QueueRow(
            **{name: its[0][name] for name in (column.key for column in _LEAD)},
            **_due_first(its, tasks.get(id_)),
            last_text=texts.get(id_),
            snoozed_by=snoozers.get(id_),
            task=tasks.get(id_),
            tries=tries.get(id_, 0),
        )
        for id_, its in clocks.items()
    ]


def _due_first(its: Iterable[Mapping[Any, Any]], task: NextTask | None) -> dict[str, Any]:
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


def _last_texts(session: Session, lead_ids: list[str]) -> dict[str, LastText]:
    turn = func.row_number().over(partition_by=M.lead_id, order_by=M.created_at.desc()).label("turn")
    newest = (
        select(M.lead_id, M.origin, M.purpose, M.status, M.created_at, M.delivered_at, turn)
        .where(M.lead_id.in_(lead_ids), M.origin != "staff_alert")
        .subquery()
    )
    rows = session.execute(select(newest).where(newest.c.turn == 1))
    return {
        row.lead_id: LastText(row.origin, row.purpose, row.status, row.delivered_at or row.created_at)
        for row in rows
    }


def _snoozers(session: Session, lead_ids: list[str]) -> dict[str, str]:
    """Who snoozed each lead last, by name."""
    if not lead_ids:
        return {}
    events = (
        select(lead_events.c.lead_id, staff.c.name)
        .join(staff, staff.c.id == lead_events.c.staff_id)
        .where(lead_events.c.lead_id.in_(lead_ids), lead_events.c.kind == "snoozed")
        .order_by(lead_events.c.at)
    )
    return {str(lead_id): str(name) for lead_id, name in session.execute(events)}


def search(session: Session, actor: Actor, text: str) -> list[QueueRow]:
    """Leads of any state by name, phone (whole or the last four digits) or reference, newest first. Raises Denied.

    A name is found by whole words, or by its first three letters and what follows them.
    """
    require(actor, Permission.SEE_LEADS)
    condition = _condition(session, text)
    if condition is None:
        return []
    order = ((L.state == "open").desc(), L.created_at.desc())
    candidates = list(
        session.execute(
            select(L.id, P.first_name, P.last_name)
            .join(patients, P.id == L.patient_id)
            .where(condition)
            .order_by(*order)
            .limit(MOST_CANDIDATES)
        )
    )
    wanted = [] if _digits(text) or number_of(text) else words(text)
    matching = [row.id for row in candidates if _begins(row.first_name, row.last_name, wanted)][:MOST_FOUND]
    if not matching:
        return []
    clock = and_(C.lead_id == L.id, _COUNTS)
    statement = _leads(*_CLOCK).outerjoin(sla_clocks, clock).where(L.id.in_(matching))
    rows = session.execute(statement.order_by(*order, C.due_at)).all()
    return _rows(session, rows, next_steps.of(session, matching))


def _digits(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return digits if digits and not any(c.isalpha() for c in text) else ""


def _condition(session: Session, text: str) -> Any:
    """What a lead must meet to be found, or None where the text asks for nothing. '1042' may be either."""
    number, digits = number_of(text), _digits(text)
    by_number = [L.number == number] if number is not None else []
    by_tail = (
        [_patient(P.phone_tail_index == blind(session, "phone_tail", digits))] if len(digits) == 4 else []
    )
    if by_number or by_tail:
        return or_(*by_number, *by_tail)
    if digits:
        return _by_phone(session, text)
    wanted = words(text)
    return and_(*(_has_word(session, word) for word in wanted)) if wanted else None


def _by_phone(session: Session, text: str) -> Any:
    try:
        index = blind(session, "phone", parse_phone(text))
    except InvalidInput:
        return None
    return or_(_patient(P.phone_index == index), L.phone_index == index)


def _patient(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """As a condition on the lead alone: an OR across two tables would read every lead."""
    return L.patient_id.in_(select(P.id).where(condition))


def _has_word(session: Session, word: str) -> Any:
    spellings = [blind(session, "name", word)]
    if len(word) >= PREFIX:
        spellings.append(blind(session, "name", f"{word[:PREFIX]}*"))
    return L.patient_id.in_(select(name_words.c.patient_id).where(name_words.c.word_index.in_(spellings)))


def _begins(first: str, last: str, wanted: list[str]) -> bool:
    """The index knows three letters; the rest of what was typed is compared here."""
    known = words(fold(f"{first} {last}"))
    return all(any(word.startswith(part) for word in known) for part in wanted)
