"""The lead queue: every lead that is open, waits for an answer or is urgent, with the clock that is due first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads import lead_rows, lead_search
from core.reads.lead_rows import COUNTS, LEADS, LEADS_AND_CLOCKS, RUNS, QueueRow
from core.reads.parts import alarms, next_steps
from core.reads.parts.alarms import Alarm
from core.reads.parts.sql import one_of
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks

L, C = leads.c, sla_clocks.c
MOST_CLOCKS = 500
MOST_WAITING = 100
MOST_FOUND = 40


@dataclass(frozen=True)
class Queue:
    """`rows`: urgent ones first, then what is due first, then leads that wait for their patient.

    A booked patient who wrote is among them while the answer is due. `open`: how many are open.
    """

    rows: tuple[QueueRow, ...]
    open: int


# What runs, for open leads and for booked ones whose patient wrote. The leads of live clocks are named first: of the
# join alone SQLite makes a walk through every lead there ever was.
_TIMED = Query(
    LEADS_AND_CLOCKS.join(sla_clocks, C.lead_id == L.id)
    .where(L.id.in_(select(C.lead_id).where(RUNS)), one_of(L.state, ("open", "booked")), COUNTS)
    .order_by(case((C.target == FIRST_CONVERSATION, 1), else_=0), C.due_at)
    .limit(MOST_CLOCKS)
)
# Unread ones first: the count at the page's edge leads to them, so that none may be cut off.
_UNTIMED = Query(
    LEADS.where(is_word(L.state, "open"))
    .where(~exists().where(C.lead_id == L.id, COUNTS), ~next_steps.has_task())
    .order_by((L.unread > 0).desc(), L.last_event_at.desc())
    .limit(MOST_WAITING)
)
_OPEN = Query(select(func.count()).select_from(leads).where(is_word(L.state, "open")))


def read(session: Session, actor: Actor) -> Queue:
    """All urgent leads, MOST_CLOCKS with a live clock, and MOST_WAITING without, unread ones first. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    tasks, in_alarm = next_steps.of_open_leads(session), alarms.standing(session)
    found = _TIMED.rows(session)
    known = {row[0] for row in found}
    found += lead_rows.named(session, (set(tasks) | set(in_alarm)) - known)
    found += _UNTIMED.rows(session)
    ((total,),) = _OPEN.rows(session)
    return Queue(tuple(_in_order(lead_rows.rows(session, found, tasks, in_alarm), in_alarm)), total)


def _in_order(rows: list[QueueRow], in_alarm: Mapping[str, Alarm]) -> Iterator[QueueRow]:
    """In alarm, the oldest first; then by what is due; then the rest as they came."""
    urgent = {row.id: row for row in rows if row.alarm}
    yield from (urgent[id_] for id_ in in_alarm)
    calm = [row for row in rows if not row.alarm]
    due = [(row.due_at, place) for place, row in enumerate(calm) if row.due_at]
    yield from (calm[place] for _, place in sorted(due))
    yield from (row for row in calm if row.due_at is None)


def search(session: Session, actor: Actor, text: str) -> list[QueueRow]:
    """Leads of any state by name, email, phone (from the last four digits on) or reference. Raises Denied.

    A name is found by whole words, or by its first three letters and what follows them. Open leads first, the newest.
    """
    require(actor, Permission.SEE_LEADS)
    order = ((L.state == "open").desc(), L.created_at.desc())
    matching = lead_search.matching(session, text, order, MOST_FOUND)
    if not matching:
        return []
    place = {id_: at for at, id_ in enumerate(matching)}
    found = sorted(lead_rows.named(session, matching), key=lambda row: place[row[0]])
    return lead_rows.rows(session, found, next_steps.of(session, matching), alarms.of(session, matching))
