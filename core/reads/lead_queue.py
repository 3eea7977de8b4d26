"""The lead queue: every lead that is open, waits for an answer or is urgent, with the clock that is due first.

Of more than MOST_OPEN it is the first page, and the others are counted and paged by `core.reads.lead_backlog`: a flood
of junk must neither hide a patient nor make a figure untrue.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads import lead_backlog, lead_rows, lead_search
from core.reads.known_people import KnownPeople
from core.reads.lead_backlog import Chosen, Group
from core.reads.lead_rows import ANSWERABLE, COUNTS, LEADS, LEADS_AND_CLOCKS, RUNS, QueueRow
from core.reads.parts import alarms, next_steps
from core.reads.parts.alarms import Alarm
from core.reads.parts.sql import one_of
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks

L, C = leads.c, sla_clocks.c
MOST_OPEN = 500
MOST_CLOCKS = 3 * MOST_OPEN  # a lead has no more than three that run
MOST_FOUND = 40


@dataclass(frozen=True)
class Queue:
    """`rows`: urgent ones first, then what is due first, then leads that wait for their patient.

    A booked patient who wrote is among them while the answer is due. `open`: how many are open. `cut`: these are more
    than fit, and `rows` the first page of them with the newest forms.
    """

    rows: tuple[QueueRow, ...]
    open: int
    cut: bool = False


# What runs, for open leads and for booked ones whose patient wrote. The leads of live clocks are named first: of the
# join alone SQLite makes a walk through every lead there ever was.
_TIMED = Query(
    LEADS_AND_CLOCKS.join(sla_clocks, C.lead_id == L.id)
    .where(L.id.in_(select(C.lead_id).where(RUNS, ANSWERABLE)), one_of(L.state, ("open", "booked")), COUNTS)
    .order_by(case((C.target == FIRST_CONVERSATION, 1), else_=0), C.due_at)
    .limit(MOST_CLOCKS)
)
# Unread ones first: the count at the page's edge leads to them, so that none may be cut off.
_UNTIMED = Query(
    LEADS.where(is_word(L.state, "open"))
    .where(~exists().where(C.lead_id == L.id, COUNTS), ~next_steps.has_task())
    .order_by((L.unread > 0).desc(), L.last_event_at.desc())
    .limit(MOST_OPEN)
)
_OPEN = Query(select(func.count()).select_from(leads).where(is_word(L.state, "open")))


def read(session: Session, actor: Actor) -> Queue:
    """All that wait, or the first page of more than MOST_OPEN, with urgent ones and the newest forms. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    in_alarm = alarms.standing(session)
    ((total,),) = _OPEN.rows(session)
    if total > MOST_OPEN:
        return Queue(tuple(_first_page(session, in_alarm)), total, cut=True)
    tasks = next_steps.of_open_leads(session)
    found = _TIMED.rows(session)
    known = {row[0] for row in found}
    found += lead_rows.named(session, (set(tasks) | set(in_alarm)) - known)
    found += _UNTIMED.rows(session)
    return Queue(tuple(_in_order(lead_rows.rows(session, found, tasks, in_alarm), in_alarm)), total)


def _first_page(session: Session, in_alarm: Mapping[str, Alarm]) -> Iterator[QueueRow]:
    wanted = [*in_alarm, *lead_backlog.due_first(session), *lead_backlog.newest(session)]
    return _in_order(_of(session, wanted, in_alarm), in_alarm)


def _of(session: Session, lead_ids: Iterable[str], in_alarm: Mapping[str, Alarm]) -> list[QueueRow]:
    """The rows of these leads, in this order."""
    place = {id_: at for at, id_ in enumerate(dict.fromkeys(lead_ids))}
    found = sorted(lead_rows.named(session, place), key=lambda row: place[row[0]])
    return lead_rows.rows(session, found, next_steps.of(session, place), in_alarm)


def counts(session: Session, actor: Actor, *, now: datetime, since: datetime | None = None) -> list[Group]:
    """How many leads wait, by owner, form and source, in each segment; all of them. `since`: from when on cold leads
    are to be reviewed. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    return lead_backlog.counts(session, now, since)


def page(session: Session, actor: Actor, chosen: Chosen, number: int, *, now: datetime) -> list[QueueRow]:
    """The leads of one page of a filter, what is due first; the first page is 1. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    ids = lead_backlog.page(session, chosen, max(1, number), now)
    return _of(session, ids, alarms.of(session, ids))


def _in_order(rows: list[QueueRow], in_alarm: Mapping[str, Alarm]) -> Iterator[QueueRow]:
    """In alarm, the oldest first; then by what is due; then the rest as they came."""
    urgent = {row.id: row for row in rows if row.alarm}
    yield from (urgent[id_] for id_ in in_alarm)
    calm = [row for row in rows if not row.alarm]
    due = [(row.due_at, place) for place, row in enumerate(calm) if row.due_at]
    yield from (calm[place] for _, place in sorted(due))
    yield from (row for row in calm if row.due_at is None)


@dataclass(frozen=True)
class Found:
    """Open leads first, the newest first. Not `whole`: there may be more, and the search has to be narrowed."""

    rows: list[QueueRow]
    whole: bool = True


def search(session: Session, actor: Actor, text: str, known: KnownPeople | None = None) -> Found:
    """Leads of any state by name, email, phone (from the last four digits on) or reference. Raises Denied.

    A name is found by whole words, or by three letters of a word and more. `known`: whom this process read before.
    """
    require(actor, Permission.SEE_LEADS)
    matching = lead_search.matching(session, text, MOST_FOUND, known)
    ids = matching.ids
    rows = _of(session, ids, alarms.of(session, ids)) if ids else []
    return Found(rows, matching.whole)
