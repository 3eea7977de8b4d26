"""Hand-overs: what one leaves to whoever comes next, and what others have left, each lead with its facts of now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import among, is_word
from core.domain.hours import Span
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads, tasks
from core.messaging.actions import LEAVES, Purpose, State
from core.messaging.tables import timed_actions
from core.reads import lead_rows
from core.reads.lead_rows import QueueRow
from core.reads.parts import alarms, hand_over, next_steps
from core.reads.parts.hand_over import Colleague
from core.reads.parts.next_steps import PLANNED_BY_PEOPLE
from core.reads.parts.sql import one_of
from core.reference import Reference
from core.staff import hand_over_rules
from core.staff.shift_rules import is_at_work
from core.staff.store import hand_overs, people, rota
from core.staff.store.hand_overs import HandOver

L, T, A = leads.c, tasks.c, timed_actions.c
AHEAD = timedelta(hours=36)  # of one's own days that a page knows, so that its banner needs not ask again


@dataclass(frozen=True)
class Promise:
    """What a person set themselves to do, with their words."""

    kind: str
    words: str
    due_at: datetime


@dataclass(frozen=True)
class TextAhead:
    """A text or email to the patient that is planned. `by_hand`: a person wrote it."""

    template: str | None
    purpose: str
    due_at: datetime
    by_hand: bool


@dataclass(frozen=True)
class LeftLead:
    """One lead with what is due, promised, unread and planned now. `waits_since`: the patient wrote last."""

    row: QueueRow
    waits_since: datetime | None
    promised: tuple[Promise, ...]
    texts: tuple[TextAhead, ...]


@dataclass(frozen=True)
class Left:
    """A hand-over that waits. `to` is a name, '' for whoever is next there; `by_itself`: nobody had written it."""

    id: str
    by_id: str
    by: str
    to_id: str
    to: str
    location: str
    ends_at: datetime
    made_at: datetime
    by_itself: bool
    note: str
    leads: tuple[LeftLead, ...]


@dataclass(frozen=True)
class Desk:
    """`mine`: one's own open leads. `ends_at`: when one's working day ends, None outside of one. `to`: who takes leads,
    whoever is on shift first. `sent`: one's own hand-over that waits; `left`: what others have left, the oldest first.
    """

    mine: tuple[LeftLead, ...]
    ends_at: datetime | None
    to: Sequence[Colleague]
    sent: Left | None
    left: tuple[Left, ...]


_MINE = Query(
    select(L.id).where(L.owner_id == bindparam("owner", type_=L.owner_id.type), is_word(L.state, "open"))
)


def read(session: Session, actor: Actor, reference: Reference, *, now: datetime) -> Desk:
    """Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    waiting = standing(session, reference, now)
    mine = [row[0] for row in _MINE.rows(session, owner=actor.staff_id)]
    facts = _facts(session, {*mine, *(lead_id for _, ids in waiting for lead_id in ids)})
    names = people.names(session, [id_ for one, _ in waiting for id_ in (one.staff_id, one.to_id)])
    shown = [_left(one, names, _in_order(facts, ids)) for one, ids in waiting]
    days = own_days(session, actor, reference, now)
    colleagues = hand_over.read(session, actor, reference, now)
    return Desk(
        mine=_in_order(facts, mine),
        ends_at=days[0][1] if days and days[0][0] <= now else None,
        to=[one for one in colleagues if one.id != actor.staff_id],
        sent=next((one for one in shown if one.by_id == actor.staff_id), None),
        left=tuple(one for one in shown if one.by_id != actor.staff_id),
    )


def _left(one: HandOver, names: Mapping[str, str], found: tuple[LeftLead, ...]) -> Left:
    return Left(
        id=one.id,
        by_id=one.staff_id,
        by=names.get(one.staff_id, "Somebody"),
        to_id=one.to_id or "",
        to=names.get(one.to_id or "", ""),
        location=one.location,
        ends_at=one.ends_at,
        made_at=one.made_at,
        by_itself=one.made_by is None,
        note=one.note,
        leads=found,
    )


def own_days(session: Session, actor: Actor, reference: Reference, now: datetime) -> list[Span]:
    """One's own working days from the one under way on, AHEAD at most; none for a closed account. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    since = now - hand_over_rules.LATE
    plan = next((one for one in rota.rotas(session, since, now + AHEAD) if one.id == actor.staff_id), None)
    if plan is None:
        return []
    return hand_over_rules.ahead(plan, reference.clinic.hours(plan.location), now, now + AHEAD)


_OWNERS = Query(select(L.id, L.owner_id).where(among(L.id, "lead_ids"), is_word(L.state, "open")))


def standing(session: Session, reference: Reference, now: datetime) -> list[tuple[HandOver, list[str]]]:
    """Hand-overs that wait, each with its leads that are open and still its writer's, the oldest first.

    One whose writer is back at work after that day is over: the leads are theirs, and they are there.
    """
    waiting = hand_overs.waiting(session, now - hand_over_rules.WAITS)
    if not waiting:
        return []
    named = hand_overs.leads_of(session, [one.id for one in waiting])
    ids = sorted({lead_id for of_one in named.values() for lead_id in of_one})
    owners = dict(_OWNERS.rows(session, lead_ids=ids)) if ids else {}
    left = [
        (one, [lead_id for lead_id in named[one.id] if owners.get(lead_id) == one.staff_id])
        for one in waiting
    ]
    back = _at_work(session, reference, now)
    return [
        (one, of_one) for one, of_one in left if of_one and not (one.ends_at <= now and one.staff_id in back)
    ]


def _at_work(session: Session, reference: Reference, now: datetime) -> set[str]:
    hours = reference.clinic.hours
    return {one.id for one in rota.at(session, now) if is_at_work(one, hours(one.location), now)}


_COUNTS = Query(
    select(L.owner_id, func.count())
    .where(is_word(L.state, "open"), L.owner_id.is_not(None))
    .group_by(L.owner_id)
)


def open_counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many open leads each has, by id. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    return {str(owner): int(count) for owner, count in _COUNTS.rows(session)}


def _in_order(facts: Mapping[str, LeftLead], ids: Iterable[str]) -> tuple[LeftLead, ...]:
    """In alarm first, then what is due first, then what waits for its patient."""
    found = [facts[lead_id] for lead_id in ids if lead_id in facts]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.row.alarm is None,
                one.row.due_at is None,
                one.row.due_at or one.row.created_at,
                one.row.id,
            ),
        )
    )


_WAITS = Query(select(L.id, L.thread_waits_since).where(among(L.id, "lead_ids")))
_PROMISED = Query(
    select(T.lead_id, T.kind, T.words, T.due_at)
    .where(among(T.lead_id, "lead_ids"), T.done_at.is_(None), PLANNED_BY_PEOPLE)
    .order_by(T.due_at, T.id)
)
_AHEAD = Query(
    select(A.lead_id, A.template, A.purpose, A.due_at)
    .where(among(A.lead_id, "lead_ids"), is_word(A.state, State.PLANNED), one_of(A.kind, LEAVES))
    .where(A.audience == "patient")
    .order_by(A.due_at, A.id)
)


def _facts(session: Session, lead_ids: Collection[str]) -> dict[str, LeftLead]:
    ids = sorted(lead_ids)
    if not ids:
        return {}
    promised: defaultdict[str, list[Promise]] = defaultdict(list)
    for lead_id, kind, words, due_at in _PROMISED.rows(session, lead_ids=ids):
        promised[lead_id].append(Promise(kind, words or "", due_at))
    texts: defaultdict[str, list[TextAhead]] = defaultdict(list)
    for lead_id, template, purpose, due_at in _AHEAD.rows(session, lead_ids=ids):
        texts[lead_id].append(TextAhead(template, purpose, due_at, purpose == Purpose.MANUAL.value))
    waits = dict(_WAITS.rows(session, lead_ids=ids))
    steps = next_steps.of(session, ids)
    rows = lead_rows.rows(session, lead_rows.named(session, ids), steps, alarms.of(session, ids))
    return {
        row.id: LeftLead(row, waits.get(row.id), tuple(promised[row.id]), tuple(texts[row.id]))
        for row in rows
    }
