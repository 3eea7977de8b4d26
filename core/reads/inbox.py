"""The inbox: conversations that wait for somebody, the newest of all, and further ones list by list.

`read` is what every viewer is pushed: a window, never all. `page` is one list, as far as somebody looked down it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among, is_word
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.reads import inbox_lists, lead_rows, lead_search
from core.reads.inbox_lists import WAITS, owned
from core.reads.known_people import KnownPeople
from core.reads.lead_rows import QueueRow
from core.reads.parts import alarms, next_steps
from core.reads.parts.alarms import Alarm
from core.reads.parts.sql import one_of
from core.staff.tables import staff

L, M, A = leads.c, sms_messages.c, timed_actions.c
WAITING, FAILED, SNOOZED, NEWEST = 100, 20, 20, 40  # of each, in what is pushed
PAGE, MOST = 60, 600  # further down one searches
MOST_FOUND = 40
LONGEST = 140  # of a text's words that a row shows
PAGED_BY = "staff_urgent"


@dataclass(frozen=True)
class Said:
    """The newest text of a conversation. `words` are its beginning; '' where they are kept back, or it has none.

    `retry_at`: the provider refused it for now, and it is tried again then.
    """

    origin: str
    by: str | None
    words: str
    status: str
    error_code: int | None
    purpose: str
    template: str | None
    understood_as: str | None
    at: datetime
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Unsent:
    """A text by hand that has not left: planned for `due_at`, or dropped; `reason` says why."""

    by: str | None
    state: str
    reason: str
    due_at: datetime


@dataclass(frozen=True)
class ThreadRow:
    """A conversation by its lead. `waits`: the patient wrote last, and nobody has answered.

    `paused_until`: automation waits for a person until then. `paged`: who was told of a possible danger, while it
    lasts; the words that say so are shown to who opens it.
    """

    lead: QueueRow
    patient_id: str
    waits: bool
    waits_since: datetime | None
    spoken_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    paused_until: datetime | None
    said: Said | None
    unsent: Unsent | None
    paged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many wait for an answer, by owner (None: nobody's); how many are put aside, and how many texts failed."""

    waiting: Mapping[str | None, int]
    snoozed: int
    failed: int


@dataclass(frozen=True)
class Inbox:
    """`rows` in no order: what is in danger, what waits, what failed, what is put aside, and the newest of all."""

    rows: list[ThreadRow]
    counts: Counts


def read(session: Session, actor: Actor, *, now: datetime) -> Inbox:
    """The window that is pushed. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    in_alarm = alarms.standing(session)
    wanted = [
        *in_alarm,
        *inbox_lists.waiting(session, WAITING),
        *inbox_lists.failed(session, FAILED, now),
        *inbox_lists.snoozed(session, SNOOZED),
        *inbox_lists.newest(session, NEWEST),
    ]
    counts = Counts(
        inbox_lists.waiting_counts(session),
        inbox_lists.snoozed_count(session),
        inbox_lists.failed_count(session, now),
    )
    return Inbox(_rows(session, wanted, in_alarm), counts)


def page(
    session: Session, actor: Actor, name: str, most: int, *, people: bool = False, now: datetime
) -> list[ThreadRow]:
    """The first `most` (MOST at most) of one list: all, needs, mine, unassigned, snoozed, failed, done. Raises Denied.

    `people`, of all: only those in which a person wrote.
    """
    require(actor, Permission.SEE_LEADS)
    ids = _listed(session, actor, name, max(1, min(most, MOST)), people, now)
    return rows(session, ids)


def _listed(session: Session, actor: Actor, name: str, most: int, people: bool, now: datetime) -> list[str]:
    if name == "snoozed":
        return inbox_lists.snoozed(session, most)
    if name == "failed":
        return inbox_lists.failed(session, most, now)
    if name == "done":
        return inbox_lists.done(session, most)
    whose = {"mine": [owned(actor.staff_id)], "unassigned": [owned(None)]}.get(name, [])
    first = inbox_lists.waiting(session, most, *whose)
    if name == "needs":
        return first
    rest = inbox_lists.spoken if whose or people else inbox_lists.newest
    return inbox_lists.first_of(most, first, rest(session, most, *whose))


@dataclass(frozen=True)
class Found:
    """What a search by name, number, address or reference found. Not `whole`: more may match than these."""

    rows: list[ThreadRow]
    whole: bool


def names(session: Session, actor: Actor, text: str, known: KnownPeople | None = None) -> Found:
    """Conversations by name, phone (from the last four digits on), email or reference. Raises Denied.

    `known`: whom this process read before.
    """
    require(actor, Permission.SEE_LEADS)
    found = lead_search.matching(session, text, MOST_FOUND, known)
    return Found(rows(session, inbox_lists.conversations(session, found.ids)), found.whole)


def rows(session: Session, lead_ids: Iterable[str]) -> list[ThreadRow]:
    """The conversations of these leads, in this order."""
    ids = list(dict.fromkeys(lead_ids))
    return _rows(session, ids, alarms.of(session, ids)) if ids else []


def _rows(session: Session, lead_ids: Iterable[str], in_alarm: Mapping[str, Alarm]) -> list[ThreadRow]:
    ids = list(dict.fromkeys(lead_ids))
    named = lead_rows.rows(session, lead_rows.named(session, ids), next_steps.of(session, ids), in_alarm)
    known = {row.id: row for row in named}
    facts, said, unsent = _facts(session, ids), _said(session, ids), _unsent(session, ids)
    paged = _paged(session, in_alarm)
    return [
        ThreadRow(
            known[id_],
            *facts[id_],
            _kept_back(said.get(id_)) if id_ in in_alarm else said.get(id_),
            unsent.get(id_),
            paged.get(id_, ()),
        )
        for id_ in ids
        if id_ in known
    ]


def _kept_back(said: Said | None) -> Said | None:
    return replace(said, words="") if said else None


class _Facts(NamedTuple):
    patient_id: str
    waits: bool
    waits_since: datetime | None
    spoken_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    paused_until: datetime | None


_FACTS = Query(
    select(
        L.id,
        L.patient_id,
        WAITS,
        L.thread_waits_since,
        L.thread_spoken_at,
        L.thread_done_at,
        staff.c.name,
        L.paused_until,
    )
    .select_from(leads)
    .outerjoin(staff, staff.c.id == L.thread_done_by)
    .where(among(L.id, "lead_ids"))
)


def _facts(session: Session, lead_ids: list[str]) -> dict[str, _Facts]:
    rows = _FACTS.rows(session, lead_ids=lead_ids)
    return {id_: _Facts(patient, bool(waits), *rest) for id_, patient, waits, *rest in rows}


_SAID = Query(
    select(
        L.id, M.origin, staff.c.name, M.message_body, M.status, M.error_code, M.purpose, M.template_id,
        M.understood_as, M.created_at, A.due_at,
    )
    .select_from(leads)
    .join(sms_messages, M.id == lead_rows.newest_text("patient_id"))
    .outerjoin(staff, staff.c.id == M.staff_id)
    .outerjoin(timed_actions, and_(A.id == M.action_id, is_word(A.state, "planned")))
    .where(among(L.id, "lead_ids"))
)  # fmt: skip


def _said(session: Session, lead_ids: list[str]) -> dict[str, Said]:
    return {
        id_: Said(origin, by, words[:LONGEST], *rest)
        for id_, origin, by, words, *rest in _SAID.rows(session, lead_ids=lead_ids)
    }


_UNSENT = Query(
    select(A.lead_id, staff.c.name, A.state, A.reason, A.due_at)
    .select_from(timed_actions)
    .outerjoin(staff, staff.c.id == A.staff_id)
    .outerjoin(sms_messages, M.action_id == A.id)
    .where(among(A.lead_id, "lead_ids"), A.purpose == "manual", M.id.is_(None))
    .where(one_of(A.state, ("planned", "dropped")))
    .order_by(A.created_at)
)


def _unsent(session: Session, lead_ids: list[str]) -> dict[str, Unsent]:
    """The newest of each; what somebody took back is nobody's business any more."""
    return {id_: Unsent(*rest) for id_, *rest in _UNSENT.rows(session, lead_ids=lead_ids)}


_PAGED = Query(
    select(A.lead_id, staff.c.name, A.created_at)
    .select_from(timed_actions)
    .join(staff, staff.c.id == A.staff_id)
    .where(among(A.lead_id, "lead_ids"), A.template == PAGED_BY)
    .order_by(A.created_at)
)


def _paged(session: Session, in_alarm: Mapping[str, Alarm]) -> dict[str, tuple[str, ...]]:
    if not in_alarm:
        return {}
    told = _PAGED.rows(session, lead_ids=list(in_alarm))
    return {
        lead_id: tuple(
            dict.fromkeys(name for id_, name, at in told if id_ == lead_id and at >= alarm.raised_at)
        )
        for lead_id, alarm in in_alarm.items()
    }
