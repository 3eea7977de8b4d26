"""Rows of the queue: a lead with all that its one line says, put together from a handful of small statements.

Names, numbers and words are decrypted for the rows that are shown and for no others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among
from core.leads.tables import lead_events, leads
from core.messaging.tables import sms_messages
from core.patients.tables import patients
from core.reads.parts import next_steps, taken_up
from core.reads.parts.alarms import Alarm
from core.reads.parts.next_steps import NextTask
from core.reads.parts.sql import one_of
from core.reads.parts.taken_up import Alerted
from core.sla.rules import FIRST_CONVERSATION, RESPONSES
from core.sla.tables import sla_clocks
from core.staff.tables import staff

L, P, C, M, E = leads.c, patients.c, sla_clocks.c, sms_messages.c, lead_events.c
Found = tuple[Any, ...]
RUNS = one_of(C.state, ("running", "paused"))
# Before anybody has tried, the clock of the first contact says what to do.
# What becomes of a request is nobody's next step: such clocks stand on the SLA monitor alone.
ANSWERABLE = one_of(C.target, RESPONSES)
COUNTS = and_(RUNS, ANSWERABLE, or_(C.target != FIRST_CONVERSATION, L.attempted_at.is_not(None)))


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

    `tries`: calls in a row that reached nobody; `unwritten`: nobody has ever spoken with them, nor texted since.
    `wrong_number_at`: somebody else answers there; do not call. `alarm` makes it urgent, whatever else it is.
    `reviewed_at`: a manager has looked at it in the weekly list. `alerted`: somebody was told, and nobody has tried.
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
    attempted_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None
    unread: int
    last_event_at: datetime
    last_event_kind: str
    last_event_by: str
    last_event_note: str | None
    wrong_number_at: datetime | None
    due_at: datetime | None
    target_seconds: int
    clock: str | None
    clock_state: str | None
    last_text: LastText | None = None
    snoozed_by: str | None = None
    alarm: Alarm | None = None
    task: NextTask | None = None
    tries: int = 0
    unwritten: bool = False
    reviewed_at: datetime | None = None
    alerted: Alerted | None = None


_LEAD: list[Any] = [
    L.id, L.number, L.state, P.first_name, P.last_name, L.phone, L.extension, P.vip, L.value_cents, L.form_type,
    L.treatment, L.timeframe, L.temperature, L.priority, L.location, L.source, L.campaign, L.call_only, L.owner_id,
    staff.c.name, L.created_at, L.viewed_at, L.attempted_at, L.contacted_at, L.snoozed_until, L.unread,
    L.last_event_at, L.last_event_kind, L.last_event_by, L.last_event_note, L.wrong_number_at,
]  # fmt: skip
_SNOOZED, _CONTACTED, _ATTEMPTED = map(
    [column.key for column in _LEAD].index, ("snoozed_until", "contacted_at", "attempted_at")
)
# When the patient last wrote stands after them, then whether it was reviewed, then the clock.
_ANSWERED, _REVIEWED = len(_LEAD), len(_LEAD) + 1

# What `rows` takes: leads, and leads with each of their clocks, for joining sla_clocks.
LEADS: Select[Any] = (
    select(*_LEAD, P.last_response_at, L.reviewed_at)
    .select_from(leads)
    .join(patients, P.id == L.patient_id)
    .outerjoin(staff, staff.c.id == L.owner_id)
)
LEADS_AND_CLOCKS = LEADS.add_columns(C.due_at, C.target_seconds, C.target, C.state)
_NAMED = Query(
    LEADS_AND_CLOCKS.outerjoin(sla_clocks, and_(C.lead_id == L.id, COUNTS)).where(among(L.id, "lead_ids"))
)


def named(session: Session, lead_ids: Collection[str]) -> list[Found]:
    """These leads of any state, in no order, each with its clocks."""
    return _NAMED.rows(session, lead_ids=list(lead_ids)) if lead_ids else []


class _Clock(NamedTuple):
    due_at: datetime
    target_seconds: int
    target: str
    state: str


def rows(
    session: Session, found: Iterable[Found], tasks: Mapping[str, NextTask], in_alarm: Mapping[str, Alarm]
) -> list[QueueRow]:
    """One row a lead, in the order in which they came; `found` has a row for each of its clocks."""
    known: dict[str, Found] = {}
    clocks: defaultdict[str, list[_Clock]] = defaultdict(list)
    for row in found:
        id_, clock = row[0], row[_REVIEWED + 1 :]
        known.setdefault(id_, row)
        if any(clock):
            clocks[id_].append(_Clock(*clock))
    texts = _last_texts(session, known)
    snoozers = _snoozers(session, [id_ for id_, row in known.items() if row[_SNOOZED]])
    calls = next_steps.unanswered_calls(session, {id_: row[_ANSWERED] for id_, row in known.items()})
    silent = {id_: made[-1] for id_, made in calls.items() if not known[id_][_CONTACTED]}
    written = next_steps.last_written(session, silent)
    alerted = taken_up.of(session, [id_ for id_, row in known.items() if row[_ATTEMPTED] is None])
    return [
        QueueRow(
            *(
                *row[:_ANSWERED],
                *_due_first(clocks[id_], tasks.get(id_)),
                texts.get(id_),
                snoozers.get(id_),
                in_alarm.get(id_),
                tasks.get(id_),
                len(calls.get(id_, ())),
                id_ in silent and (id_ not in written or written[id_] < silent[id_]),
                row[_REVIEWED],
                alerted.get(id_),
            )
        )
        for id_, row in known.items()
    ]


def _due_first(clocks: Iterable[_Clock], task: NextTask | None) -> tuple[Any, ...]:
    """What the row's clock shows. What somebody planned stands before the clock of the first conversation."""
    urgent = [clock for clock in clocks if clock.target != FIRST_CONVERSATION]
    first = min(urgent or ([] if task else clocks), key=lambda clock: clock.due_at, default=None)
    if task and (first is None or task.due_at < first.due_at):
        return task.due_at, int((task.due_at - task.created_at).total_seconds()), task.kind, "running"
    return first or (None, 0, None, None)


def newest_text(same: str) -> ScalarSelect[str]:
    """The id of the newest text to or from a lead's patient: of this lead (`same` lead_id), or of all (patient_id)."""
    other = sms_messages.alias().c
    here = {"lead_id": L.id, "patient_id": L.patient_id}[same]
    return (
        select(other.id)
        .where(other[same] == here, other.origin != "staff_alert")
        .order_by(other.created_at.desc(), other.id.desc())
        .limit(1)
        .correlate(leads)
        .scalar_subquery()
    )


_LAST_TEXTS = Query(
    select(L.id, M.origin, M.purpose, M.status, M.created_at, M.delivered_at)
    .select_from(leads)
    .join(sms_messages, M.id == newest_text("lead_id"))
    .where(among(L.id, "lead_ids"))
)


def _last_texts(session: Session, lead_ids: Iterable[str]) -> dict[str, LastText]:
    return {
        lead_id: LastText(origin, purpose, status, delivered_at or created_at)
        for lead_id, origin, purpose, status, created_at, delivered_at in _LAST_TEXTS.rows(
            session, lead_ids=list(lead_ids)
        )
    }


_SNOOZERS = Query(
    select(E.lead_id, staff.c.name)
    .join(staff, staff.c.id == E.staff_id)
    .where(among(E.lead_id, "lead_ids"), E.kind == "snoozed")
    .order_by(E.at)
)


def _snoozers(session: Session, lead_ids: list[str]) -> dict[str, str]:
    """Who snoozed each lead last, by name."""
    return dict(_SNOOZERS.rows(session, lead_ids=lead_ids)) if lead_ids else {}
